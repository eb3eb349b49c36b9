// Package arrayjob finds which task of how many this process is, from the variables that batch
// engines set for the tasks of an array job.
package arrayjob
