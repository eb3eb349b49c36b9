package arrayjob

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Task is a task of an array job: part Index of Of.
type Task struct {
	Index, Of int    // 0 <= Index < Of
	From      string // the variable that says so: NAME=VALUE
}

// An engine is a batch engine, and the names of the variables that it sets for a task. Names that are
// empty are of what the engine does not tell.
type engine struct {
	name                     string
	id                       string // the number of the task
	first, last, step, count string // of the numbers of all tasks
	// base is the number of the first task of an array that begins where the engine's arrays usually
	// do. An engine that tells first has its tasks counted from there, unless the caller says how
	// many parts there are.
	base int
	none string // the value of id outside of an array job
	hint string // how to ask for tasks from base on: a format of the first and the last number
}

// engines are those that are looked for. The variables are documented in sbatch(1) of Slurm, qsub(1B)
// of OpenPBS and Torque, submit(1) of Grid Engine, "Jobs" of Kubernetes, and "Job environment
// variables" of AWS Batch.
var engines = []engine{
	{name: "Slurm", id: "SLURM_ARRAY_TASK_ID", first: "SLURM_ARRAY_TASK_MIN", last: "SLURM_ARRAY_TASK_MAX", step: "SLURM_ARRAY_TASK_STEP", count: "SLURM_ARRAY_TASK_COUNT", hint: "--array=%d-%d"},
	{name: "PBS", id: "PBS_ARRAY_INDEX", hint: "-J %d-%d"},
	{name: "Torque", id: "PBS_ARRAYID", hint: "-t %d-%d"},
	{name: "Grid Engine", id: "SGE_TASK_ID", first: "SGE_TASK_FIRST", last: "SGE_TASK_LAST", step: "SGE_TASK_STEPSIZE", base: 1, none: "undefined", hint: "-t %d-%d"},
	{name: "Kubernetes", id: "JOB_COMPLETION_INDEX", hint: "completions for tasks %d to %d"},
	{name: "AWS Batch", id: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", hint: "an array of tasks %d to %d"},
}

// Variables lists what Find looks for.
func Variables() string {
	var names []string
	for _, e := range engines {
		text := e.id
		var more []string
		for _, name := range []string{e.first, e.last, e.step, e.count} {
			if name != "" {
				more = append(more, name)
			}
		}
		if more != nil {
			text += " with " + strings.Join(more, ", ")
		}
		names = append(names, fmt.Sprintf("%s (%s)", text, e.name))
	}
	return strings.Join(names, "; ")
}

// Find returns the task that the environment tells of. With parts, there are that many, whatever the
// engine says of its array, and a task's number is that of its part, from the engine's first number
// on; 0 takes the number of tasks from the engine.
func Find(lookup func(string) (string, bool), parts int) (Task, error) {
	var found *Task
	for _, e := range engines {
		if id, _ := lookup(e.id); id == "" || id == e.none {
			continue
		}
		task, err := e.task(lookup, parts)
		switch {
		case err != nil:
			return Task{}, err
		case found == nil:
			found = &task
		case found.Index != task.Index || found.Of != task.Of:
			return Task{}, fmt.Errorf("%s is part %d/%d, and %s part %d/%d; want the variables of one engine, or --shard I/N",
				found.From, found.Index, found.Of, task.From, task.Index, task.Of)
		}
	}
	if found == nil {
		return Task{}, errors.New("found no variable of an array job; want one of " + Variables() + "; or --shard I/N")
	}
	return *found, nil
}

// task reads the variables of an engine.
func (e engine) task(lookup func(string) (string, bool), parts int) (Task, error) {
	values := map[string]int{}
	var all []string // as they are set
	for _, name := range []string{e.id, e.first, e.last, e.step, e.count} {
		text, ok := lookup(name)
		if name == "" || !ok {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return Task{}, fmt.Errorf("found %s=%q; want a whole number, 0 or more", name, text)
		}
		values[name] = n
		all = append(all, fmt.Sprintf("%s=%d", name, n))
	}
	id := values[e.id]
	t := Task{Index: id - e.base, Of: parts, From: fmt.Sprintf("%s=%d", e.id, id)}
	contradiction := func(why string) error {
		return fmt.Errorf("found %s: %s; want --shards N beside tasks from %d to N%+d, or --shard I/N", strings.Join(all, " "), why, e.base, e.base-1)
	}
	first, hasFirst := values[e.first]
	last, hasLast := values[e.last]
	step, hasStep := values[e.step]
	count, hasCount := values[e.count]
	if !hasStep {
		step = 1
	}
	switch {
	case hasStep && step == 0:
		return Task{}, contradiction("a step of 0 leads nowhere")
	case hasFirst && id < first, hasLast && id > last, hasFirst && (id-first)%step != 0:
		return Task{}, contradiction("the task is not one of its array")
	case e.first == "" && hasCount && id >= count:
		return Task{}, contradiction("the task is not one of its array")
	}
	if parts > 0 {
		if hasLast {
			id = max(id, last) // so that all tasks of the array fail, and not the last ones alone
		}
		switch {
		case e.first == "" && hasCount && count != parts:
			return Task{}, fmt.Errorf("found %s: that is not --shards %d; want them equal, or no --shards", strings.Join(all, " "), parts)
		case t.Index < 0 || id-e.base >= parts:
			return Task{}, fmt.Errorf("found %s: that is beyond --shards %d; want %s", strings.Join(all, " "), parts,
				fmt.Sprintf(e.hint, e.base, e.base+parts-1))
		}
		return t, nil
	}
	switch {
	case e.first != "" && (!hasFirst || !hasLast && !hasCount):
		return Task{}, fmt.Errorf("found %s, without %s and %s: that does not say of how many parts; want --shards N", t.From, e.first, e.last)
	case e.first != "" && hasLast:
		t.Index, t.Of = (id-first)/step, (last-first)/step+1
		if hasCount && count != t.Of {
			return Task{}, contradiction("the tasks are not at equal distances")
		}
	case e.first != "":
		t.Index, t.Of = (id-first)/step, count
	case hasCount:
		t.Of = count
	default:
		return Task{}, fmt.Errorf("found %s, which does not say of how many parts; want --shards N", t.From)
	}
	if t.Index < 0 || t.Index >= t.Of {
		return Task{}, contradiction("the task is not one of its array")
	}
	return t, nil
}
