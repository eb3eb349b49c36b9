package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"faaslab/sim/tests"
)

// blocksOf returns the code blocks of a language in docs/cluster.md.
func blocksOf(t *testing.T, language string) (blocks []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/cluster.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)\n```\n").FindAllSubmatch(page, -1) {
		blocks = append(blocks, string(m[1])+"\n")
	}
	return blocks
}

// short makes the sweep of the page one of a second.
var short = []string{"--set=run.duration=10m", "--set=run.warmup=1m", "--set=run.replications=2", "--models=none"}

// The resources of Kubernetes, as far as they decide what runs.
type manifest struct {
	Kind string
	Spec struct {
		Completions int
		Template    struct {
			Spec struct {
				Containers []struct {
					Args         []string
					Env          []struct{ Name, Value string }
					VolumeMounts []struct {
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
			}
		}
	}
}

func manifestsOf(t *testing.T) (all []manifest) {
	t.Helper()
	for _, block := range blocksOf(t, "yaml") {
		decoder := yaml.NewDecoder(strings.NewReader(block))
		for {
			var m manifest
			if err := decoder.Decode(&m); err != nil {
				require.EqualError(t, err, "EOF")
				break
			}
			all = append(all, m)
		}
	}
	return all
}

// The pods of the page's Jobs write what one machine would: each with the variable that Kubernetes sets, and nothing else of the
// environment but what the Job says.
func TestTheJobsOfThePageSimulateTheWhole(t *testing.T) {
	tests.Slow(t)
	results := t.TempDir()
	var whole []string // the flags of an unsharded sweep
	jobs := 0
	for _, m := range manifestsOf(t) {
		if m.Kind != "Job" {
			continue
		}
		jobs++
		require.Len(t, m.Spec.Template.Spec.Containers, 1)
		pod := m.Spec.Template.Spec.Containers[0]
		require.Equal(t, "/results", pod.VolumeMounts[0].MountPath)
		var args []string
		for _, arg := range pod.Args {
			args = append(args, strings.ReplaceAll(arg, "/results", results))
		}
		if args[0] == "sweep" {
			require.Contains(t, args, fmt.Sprintf("--shards=%d", m.Spec.Completions))
			args = append(args, short...)
			for _, arg := range args {
				if !strings.HasPrefix(arg, "--shard") && !strings.HasPrefix(arg, "--out") {
					whole = append(whole, arg)
				}
			}
		}
		for index := range max(1, m.Spec.Completions) {
			command := exec.Command("faaslab", args...)
			command.Env = []string{fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index)}
			for _, e := range pod.Env {
				command.Env = append(command.Env, e.Name+"="+e.Value)
			}
			output, err := command.CombinedOutput()
			require.NoError(t, err, "%s", output)
		}
	}
	require.Equal(t, 2, jobs)
	want := filepath.Join(t.TempDir(), "whole.csv")
	output, err := exec.Command("faaslab", append(whole, "--out="+want)...).CombinedOutput()
	require.NoError(t, err, "%s", output)
	sameFiles(t, want, filepath.Join(results, "sweep.csv"))
}

func sameFiles(t *testing.T, want, got string) {
	t.Helper()
	a, err := os.ReadFile(want)
	require.NoError(t, err)
	b, err := os.ReadFile(got)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(a, b), "%s and %s differ", want, got)
}

// The tasks of the page's script do, too, with a srun that runs the command here; .ci/slurm submits the script to a real Slurm.
func TestTheScriptOfThePageSimulatesTheWhole(t *testing.T) {
	tests.Slow(t)
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	scripts := blocksOf(t, "bash")
	require.Len(t, scripts, 1)
	require.Contains(t, scripts[0], "\n#SBATCH --array=0-7\n")
	dir := t.TempDir()
	srun := "#!" + bash + "\nexec \"$@\" " + strings.Join(short, " ") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "srun"), []byte(srun), 0o755))
	task := func(set ...string) {
		command := exec.Command(bash, "-c", scripts[0])
		command.Dir = dir
		command.Env = append(append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "SLURM_CPUS_PER_TASK=1"), set...)
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	for i := range 8 {
		if i != 3 {
			task(fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", i), "SLURM_ARRAY_TASK_MIN=0", "SLURM_ARRAY_TASK_MAX=7", "SLURM_ARRAY_TASK_STEP=1", "SLURM_ARRAY_TASK_COUNT=8")
		}
	}
	// sbatch --array=3,5 repeats these two.
	for _, i := range []int{3, 5} {
		task(fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", i), "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_MAX=5", "SLURM_ARRAY_TASK_STEP=1", "SLURM_ARRAY_TASK_COUNT=2")
	}
	got, want := filepath.Join(dir, "sweep.csv"), filepath.Join(dir, "whole.csv")
	output, err := exec.Command("faaslab", "merge", filepath.Join(dir, "parts"), "--out", got).CombinedOutput()
	require.NoError(t, err, "%s", output)
	output, err = exec.Command("faaslab", append([]string{"sweep", "float", "--vary", "container.keep_alive=1s..1h:64log", "--out", want}, short...)...).CombinedOutput()
	require.NoError(t, err, "%s", output)
	sameFiles(t, want, got)
}

// Every field of the page's manifests is one of Kubernetes' API, and none that it requires is missing.
func TestTheManifestsOfThePageFitTheAPI(t *testing.T) {
	validator, err := exec.LookPath("kubernetes-validate")
	if err != nil {
		t.Skip("there is no kubernetes-validate here; .ci/kubernetes installs it from PyPI")
	}
	check := func(text string) ([]byte, error) {
		file := filepath.Join(t.TempDir(), "manifests.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return exec.Command(validator, "--strict", file).CombinedOutput()
	}
	manifests := strings.Join(blocksOf(t, "yaml"), "---\n")
	output, err := check(manifests)
	require.NoError(t, err, "%s", output)
	assert.Equal(t, 3, strings.Count(string(output), " passed "), "%s", output)
	_, err = check(strings.Replace(manifests, "completions: 8", "completion: 8", 1))
	assert.Error(t, err, "the check does not see a wrong field")
}

// The image has the command and nothing else, which runs without rights on a file system that it cannot write.
func TestTheImageRunsWithoutRights(t *testing.T) {
	tests.Long(t)
	buildah, err := exec.LookPath("buildah")
	if err != nil {
		t.Skip("there is no buildah here; .ci/kubernetes installs it")
	}
	if os.Geteuid() != 0 {
		t.Skip("the image is mounted, which takes root")
	}
	dir := t.TempDir()
	output := func(name string, args ...string) string {
		t.Helper()
		command := exec.Command(name, args...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		command.Env = append(os.Environ(), "CGO_ENABLED=0", "STORAGE_DRIVER=vfs")
		text, err := command.Output()
		require.NoError(t, err, "%s %s: %s", name, args, &stderr)
		return strings.TrimSpace(string(text))
	}
	build := func(args ...string) string {
		return output(buildah, append([]string{"--root", filepath.Join(dir, "images"), "--runroot", filepath.Join(dir, "run")}, args...)...)
	}
	output("go", "build", "-o", filepath.Join(dir, "image", "faaslab"), ".")
	build("build", "--isolation", "chroot", "--tag", "faaslab", "--file", "Containerfile", filepath.Join(dir, "image"))
	container := build("from", "localhost/faaslab")
	assert.Equal(t, "[/faaslab] 65532:65532", build("inspect", "--type", "image", "--format", "{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.User}}", "localhost/faaslab"))

	root := build("mount", container)
	defer build("umount", container)
	defer func() { require.NoError(t, os.RemoveAll(filepath.Join(root, "results"))) }()
	require.NoError(t, os.Mkdir(filepath.Join(root, "results"), 0o755))
	results := filepath.Join(dir, "results")
	require.NoError(t, os.Mkdir(results, 0o755))
	require.NoError(t, os.Chown(results, 65532, 65532))
	// As a container engine runs it with a read-only root and a volume: with mounts of its own, which end with it.
	inside := `set -e
mount --bind "$1" "$1"
mount --bind "$2" "$1/results"
mount -o remount,bind,ro "$1"
root=$1
shift 2
exec chroot --userspec=65532:65532 "$root" /faaslab "$@"`
	run := func(args ...string) (string, error) {
		command := exec.Command("unshare", append([]string{"--mount", "--pid", "--fork", "sh", "-c", inside, "sh", root, results}, args...)...)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "JOB_COMPLETION_INDEX=1"}
		text, err := command.CombinedOutput()
		return string(text), err
	}
	for _, args := range [][]string{
		append([]string{"sweep", "float", "--vary=arrivals.rate=1/s,2/s,3/s", "--shard=auto", "--shards=2", "--out=/results/parts/"}, short...),
		append([]string{"sweep", "float", "--vary=arrivals.rate=1/s,2/s,3/s", "--shard=0/2", "--out=/results/parts/"}, short...),
		{"merge", "/results/parts", "--out=/results/sweep.csv"},
	} {
		text, err := run(args...)
		require.NoError(t, err, "%s", text)
	}
	info, err := os.Stat(filepath.Join(results, "sweep.csv"))
	require.NoError(t, err)
	assert.Positive(t, info.Size())
	text, err := run("sweep", "float", "--vary=arrivals.rate=1/s,2/s", "--out=/elsewhere.csv")
	assert.Error(t, err)
	assert.Contains(t, text, "/elsewhere.csv: cannot be written: read-only file system")
}
