// Package measured reads measurements from a CSV file, and places them beside a simulation in a figure.
package measured
