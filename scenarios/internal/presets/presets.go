// Package presets holds what the autoscalers of platforms do where a scenario does not say: the values
// of its keys, where they were read and when, and which of them the platform does not publish.
package presets

import (
	"slices"

	"faaslab/platform/scaling"
)

// A Preset is how a platform starts instances.
type Preset struct {
	Name string
	// Source says where the values were read, and in which state or month.
	Source string
	// Guesses are the values that the platform does not publish, in words; nil: it publishes all.
	Guesses []string
	// Values are the texts of keys that a scenario leaves out, by their paths.
	Values map[string]string
	// Needs are the paths of keys that have no usual value, so a scenario must give them.
	Needs []string

	// ByRequest says that requests start instances, and no measurement does. Then what follows means
	// nothing.
	ByRequest bool
	Algorithm scaling.Algorithm
	// CPUTarget is a second target, a share of the cores of an instance, where those are limited; 0: none.
	CPUTarget float64
	// StartForRequests says that requests start instances between two evaluations, too.
	StartForRequests bool
	// EndsIdle says that the last instances go when there was no request for the retention, whatever is decided.
	EndsIdle bool
	// Waits is how many mean start-ups a request waits at most, and at least WaitsLeast seconds; 0: as the
	// values say.
	Waits, WaitsLeast float64
}

// Usual is the preset of a block that names none.
const Usual = "knative"

// Find returns the preset of a name, or nil.
func Find(name string) *Preset {
	if i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// All returns the presets.
func All() []Preset { return slices.Clone(all) }

// Names returns the names of the presets.
func Names() (names []string) {
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

// block is the path of the keys that say how an autoscaler decides.
const block = "container.scaling."

// knative has a value for every key of the block: the other presets change some.
var knative = map[string]string{
	"container.concurrency": "unlimited", "container.min_instances": "0", "container.max_instances": "unlimited",
	"container.when_full": "queue",
	block + "metric":      "concurrency", block + "target": "70%", block + "every": "2s", block + "window": "60s", block + "average": "linear",
	block + "panic_window": "6s", block + "panic_threshold": "200%", block + "tolerance": "0%",
	block + "max_up": "1000", block + "max_up_floor": "1", block + "max_down": "2",
	block + "up_delay": "0s", block + "down_delay": "0s", block + "retention": "0s", block + "activation": "1",
}

// without returns the values of knative without panic and limits, changed.
func without(changes map[string]string) map[string]string {
	values := map[string]string{}
	for path, text := range knative {
		values[path] = text
	}
	for _, path := range []string{"max_up", "max_down"} {
		values[block+path] = "unlimited"
	}
	values[block+"panic_window"] = "0s"
	for path, text := range changes {
		if text == "" {
			delete(values, path)
			continue
		}
		values[path] = text
	}
	return values
}

// hpa returns the values of a HorizontalPodAutoscaler on CPU, changed.
func hpa(changes map[string]string) map[string]string {
	values := without(map[string]string{
		"container.min_instances": "1", "container.max_instances": "",
		block + "metric": "cpu", block + "target": "0.8", block + "every": "15s", block + "window": "15s",
		block + "tolerance": "10%", block + "max_up": "2", block + "max_up_floor": "4", block + "down_delay": "5m",
	})
	for path, text := range changes {
		values[path] = text
	}
	return values
}

const hpaSource = "kubernetes/kubernetes at 00067268, pkg/controller/podautoscaler (2026)"

var all = []Preset{
	// config/core/configmaps/autoscaler.yaml and defaults.yaml.
	{Name: Usual, Source: "knative/serving at 98e5ef90, config/core/configmaps (2026-08)", Values: knative, Algorithm: scaling.Tracking},
	// A HorizontalPodAutoscaler without a behavior block; 80 % is the target of one without metrics.
	{Name: "kubernetes", Source: hpaSource, Values: hpa(nil), Needs: []string{"container.max_instances"}, Algorithm: scaling.Utilization,
		Guesses: []string{"scaling.window, the time of a reading of metrics-server"}},
	// pkg/reconciler/autoscaling/hpa: the same, under an annotation.
	{Name: "knative-hpa", Source: "knative/serving at 98e5ef90, pkg/reconciler/autoscaling/hpa (2026-08); " + hpaSource, Values: hpa(nil), Needs: []string{"container.max_instances"},
		Algorithm: scaling.Utilization, Guesses: []string{"scaling.window, the time of a reading of metrics-server"}},
	// The executor newdeploy makes one, and scales an idle function to its least after 120 s by itself.
	{Name: "fission-newdeploy", Source: "fission/fission at 920a4df0 (2026-08); " + hpaSource,
		Values: hpa(map[string]string{"container.min_instances": "0", block + "retention": "2m"}), Needs: []string{"container.max_instances"}, Algorithm: scaling.Utilization, EndsIdle: true,
		Guesses: []string{"scaling.window, the time of a reading of metrics-server"}},
	// docs.openfaas.com/architecture/autoscaling: 50 requests/s a replica, of which 90 %. Its scaler is closed source.
	{Name: "openfaas", Source: "openfaas/docs at eac50c7c, OpenFaaS Pro (2026-05)", Algorithm: scaling.Tracking,
		Values: without(map[string]string{"container.min_instances": "1", "container.max_instances": "20", "container.routing": "random",
			block + "metric": "rps", block + "target": "45/s", block + "every": "15s", block + "window": "30s"}),
		Guesses: []string{"scaling.every, the rules of Prometheus"}},
	// learn.microsoft.com/azure/container-apps/scale-app: the HTTP rule divides the requests of 15 s by 15.
	{Name: "azure-container-apps", Source: "learn.microsoft.com/azure/container-apps/scale-app (2026)", Algorithm: scaling.Tracking,
		Values: without(map[string]string{"container.max_instances": "10",
			block + "metric": "rps", block + "target": "10/s", block + "every": "30s", block + "window": "15s", block + "max_up": "2", block + "down_delay": "5m"}),
		Guesses: []string{"scaling.every, the usual polling of KEDA", "scaling.max_up"}},
	// Target tracking of a service: alarms on the mean of a minute, out after 3 of them and in after 15.
	{Name: "ecs-fargate", Source: "docs.aws.amazon.com/AmazonECS, service-autoscaling-targettracking (2026); the 3 and 15 minutes: fortem.dev/blog/ecs-fargate-autoscaling", Algorithm: scaling.Tracking,
		Values: without(map[string]string{"container.min_instances": "1", "container.max_instances": "",
			block + "metric": "cpu", block + "target": "", block + "every": "60s", block + "window": "60s", block + "up_delay": "3m", block + "down_delay": "15m"}),
		Needs:   []string{"container.max_instances", block + "target"},
		Guesses: []string{"scaling.up_delay and scaling.down_delay, which stand for alarms and cooldowns", "that it goes in at the target, and not below 90 % of it"}},
	// docs.cloud.google.com/run/docs/about-instance-autoscaling: 60 % of CPU and of concurrency over a minute, the larger; a
	// request waits for 3.5 mean start-ups or 10 s.
	{Name: "cloud-run", Source: "docs.cloud.google.com/run/docs, about-instance-autoscaling and about-concurrency (2026)", Algorithm: scaling.Tracking,
		Values: without(map[string]string{"container.concurrency": "80", "container.max_instances": "",
			block + "target": "60%", block + "every": "5s", block + "down_delay": "15m"}),
		Needs: []string{"container.max_instances"}, CPUTarget: 0.6, StartForRequests: true, Waits: 3.5, WaitsLeast: 10,
		Guesses: []string{"scaling.every, from older pages", "scaling.down_delay, of which 15m is the published most"}},
	// poolmgr: an idle instance is looked at every 5 s and goes after 120 s.
	{Name: "fission", Source: "fission/fission at 920a4df0, executor poolmgr (2026-08)", ByRequest: true,
		Values: map[string]string{"container.keep_alive": "2m", "container.max_instances": "500"}},
	// docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.
	{Name: "aws-lambda", Source: "docs.aws.amazon.com/lambda, scaling-behavior (2026)", ByRequest: true,
		Values:  map[string]string{"container.start_rate": "1000/10s", "container.max_instances": "1000", "container.when_full": "reject"},
		Guesses: []string{"keep_alive"}},
}
