// Package fitting brings measurements and a scenario together for a calibration: it says what is fitted and
// what is held out, and writes what was found as text, JSON, CSV and a figure.
package fitting
