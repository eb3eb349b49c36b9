package arrayjob

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// environment returns a lookup of what a text sets: NAME=VALUE, separated by spaces.
func environment(text string) func(string) (string, bool) {
	set := map[string]string{}
	for _, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, "=")
		set[name] = value
	}
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}

const slurm = " SLURM_ARRAY_JOB_ID=17 SLURM_ARRAY_TASK_MIN=%MIN SLURM_ARRAY_TASK_MAX=%MAX SLURM_ARRAY_TASK_STEP=%STEP SLURM_ARRAY_TASK_COUNT=%COUNT"

func slurmOf(id, first, last, step, count string) string {
	return "SLURM_ARRAY_TASK_ID=" + id + strings.NewReplacer("%MIN", first, "%MAX", last, "%STEP", step, "%COUNT", count).Replace(slurm)
}

func sgeOf(id, first, last, step string) string {
	return "SGE_TASK_ID=" + id + " SGE_TASK_FIRST=" + first + " SGE_TASK_LAST=" + last + " SGE_TASK_STEPSIZE=" + step
}

func TestTasksAreCountedFromZeroWhateverTheEngine(t *testing.T) {
	for name, c := range map[string]struct {
		set       string
		parts     int
		index, of int
	}{
		"Slurm from 0":              {slurmOf("3", "0", "7", "1", "8"), 0, 3, 8},
		"Slurm from 1":              {slurmOf("8", "1", "8", "1", "8"), 0, 7, 8},
		"Slurm with a step":         {slurmOf("9", "1", "15", "4", "4"), 0, 2, 4},
		"Slurm, last off the steps": {slurmOf("13", "1", "16", "4", "4"), 0, 3, 4},
		"Slurm, one task":           {slurmOf("5", "5", "5", "1", "1"), 0, 0, 1},
		"Slurm, some tasks again":   {slurmOf("5", "2", "5", "1", "2"), 8, 5, 8},
		"PBS":                       {"PBS_ARRAY_INDEX=0", 4, 0, 4},
		"Torque":                    {"PBS_ARRAYID=3", 4, 3, 4},
		"PBS with both names":       {"PBS_ARRAYID=3 PBS_ARRAY_INDEX=3", 4, 3, 4},
		"Grid Engine":               {sgeOf("1", "1", "8", "1"), 0, 0, 8},
		"Grid Engine with a step":   {sgeOf("5", "2", "10", "3"), 0, 1, 3},
		"Grid Engine, again":        {sgeOf("8", "8", "8", "1"), 8, 7, 8},
		"Grid Engine outside":       {"SGE_TASK_ID=undefined SGE_TASK_FIRST=undefined PBS_ARRAYID=1", 2, 1, 2},
		"Kubernetes":                {"JOB_COMPLETION_INDEX=7", 8, 7, 8},
		"AWS Batch":                 {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10", 0, 2, 10},
		"AWS Batch, said twice":     {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10", 10, 2, 10},
		"two engines that agree":    {"JOB_COMPLETION_INDEX=2 AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10", 10, 2, 10},
	} {
		task, err := Find(environment(c.set), c.parts)
		if assert.NoError(t, err, name) {
			assert.Equal(t, [2]int{c.index, c.of}, [2]int{task.Index, task.Of}, name)
			assert.Contains(t, c.set, task.From, name)
		}
	}
}

func TestVariablesThatDoNotSayWhichPartAreRefused(t *testing.T) {
	for want, c := range map[string]struct {
		set   string
		parts int
	}{
		"found SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=5 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=3: the tasks are not at equal distances; want --shards N beside tasks from 0 to N-1, or --shard I/N": {slurmOf("5", "0", "5", "1", "3"), 0},
		"SLURM_ARRAY_TASK_COUNT=8: the task is not one of its array":                                                  {slurmOf("9", "0", "7", "1", "8"), 0},
		"SLURM_ARRAY_TASK_COUNT=4: the task is not one of its array":                                                  {slurmOf("2", "1", "15", "4", "4"), 0},
		"SLURM_ARRAY_TASK_STEP=0 SLURM_ARRAY_TASK_COUNT=4: a step of 0 leads nowhere":                                 {slurmOf("1", "1", "15", "0", "4"), 0},
		`found SLURM_ARRAY_TASK_MAX="x"; want a whole number, 0 or more`:                                              {slurmOf("1", "1", "x", "0", "4"), 0},
		`found JOB_COMPLETION_INDEX="-1"; want a whole number, 0 or more`:                                             {"JOB_COMPLETION_INDEX=-1", 3},
		"found no variable of an array job; want one of":                                                              {"JOB_COMPLETION_INDEX=", 3},
		"found SLURM_ARRAY_TASK_ID=1, without SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_MAX":                          {"SLURM_ARRAY_TASK_ID=1", 0},
		"that is beyond --shards 8; want --array=0-7":                                                                 {slurmOf("1", "1", "8", "1", "8"), 8},
		"that is beyond --shards 4; want -J 0-3":                                                                      {"PBS_ARRAY_INDEX=4", 4},
		"found SGE_TASK_ID=0: that is beyond --shards 4; want -t 1-4":                                                 {"SGE_TASK_ID=0", 4},
		"found JOB_COMPLETION_INDEX=8: that is beyond --shards 8; want completions for tasks 0 to 7":                  {"JOB_COMPLETION_INDEX=8", 8},
		"found JOB_COMPLETION_INDEX=8, which does not say of how many parts; want --shards N":                         {"JOB_COMPLETION_INDEX=8", 0},
		"found PBS_ARRAYID=8, which does not say of how many parts":                                                   {"PBS_ARRAYID=8", 0},
		"found AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10: that is not --shards 8":                       {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=10", 8},
		"AWS_BATCH_JOB_ARRAY_SIZE=2: the task is not one of its array":                                                {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=2", 0},
		"PBS_ARRAY_INDEX=1 is part 1/4, and JOB_COMPLETION_INDEX=2 part 2/4; want the variables of one engine":        {"JOB_COMPLETION_INDEX=2 PBS_ARRAY_INDEX=1", 4},
		"found no variable of an array job; want one of SLURM_ARRAY_TASK_ID with SLURM_ARRAY_TASK_MIN, SLURM_ARRAY_T": {"SLURM_JOB_ID=8 SGE_TASK_ID=undefined", 4},
	} {
		_, err := Find(environment(c.set), c.parts)
		assert.ErrorContains(t, err, want)
	}
}

// What is looked for is listed by name, of every engine.
func TestTheErrorListsAllVariables(t *testing.T) {
	_, err := Find(environment(""), 0)
	require.Error(t, err)
	for _, name := range []string{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP", "SLURM_ARRAY_TASK_COUNT",
		"PBS_ARRAY_INDEX", "PBS_ARRAYID", "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE", "JOB_COMPLETION_INDEX",
		"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"} {
		assert.Contains(t, err.Error(), name)
	}
}

// All tasks of an array have parts of their own, which are all that there are.
func TestTheTasksOfAnArrayAreAllParts(t *testing.T) {
	number := strconv.Itoa
	for _, first := range []int{0, 1, 10} {
		for _, step := range []int{1, 3} {
			for _, n := range []int{1, 2, 7} {
				last := first + (n-1)*step
				seen := map[int]bool{}
				for id := first; id <= last; id += step {
					task, err := Find(environment(slurmOf(number(id), number(first), number(last), number(step), number(n))), 0)
					require.NoError(t, err)
					assert.Equal(t, n, task.Of)
					seen[task.Index] = true
				}
				assert.Len(t, seen, n)
			}
		}
	}
}
