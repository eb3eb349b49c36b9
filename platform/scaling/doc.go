// Package scaling decides how many instances a service should have from what is measured of its load,
// as the autoscalers of container platforms do. It simulates nothing: a platform records measurements
// (faaslab/platform/autoscaler) and asks for decisions.
//
// A [Window] averages a measurement over the last seconds. [Rule] holds the numbers of a policy, and a
// [Decider] makes its decisions one after another. It follows one of two algorithms:
//
//   - [Tracking] is that of Knative's pod autoscaler, with limits and delays that other platforms have:
//     a stable average over the window and a panic average over a short one, each divided by the target
//     of an instance, rounded up and limited;
//   - [Utilization] is that of Kubernetes' HorizontalPodAutoscaler: a utilization, truncated to whole per
//     cent, against a target, with a tolerance, and stabilized over the last minutes.
//
// The first is pkg/autoscaler of github.com/knative/serving at 98e5ef90, the second
// pkg/controller/podautoscaler of github.com/kubernetes/kubernetes at 00067268.
//
// Decisions are pure: they depend on the arguments and the decisions before, and nothing is random.
// Seconds are whole seconds of virtual time, and second k ends at k.
package scaling
