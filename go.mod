module faaslab

go 1.26
