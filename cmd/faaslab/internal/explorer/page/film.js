// A Film is the events of a platform received so far, with the state of the platform after any
// number of them.
export class Film {
  // counts are the names of the totals whose time averages are needed.
  constructor(counts) {
    this.counts = counts;
    this.events = [];
    this.areas = []; // by event: the integrals of the counts from the beginning to the event, in count × ns
    this.beginning = null; // the state before the first event
    this.from = 0;
    this.ended = ''; // why no more events will come, or empty
    this.evaluations = []; // the number of events up to each decision of an autoscaler, that one included
    // The platform after the first this.at events:
    this.at = 0;
    this.slots = []; // its instances by slot; undefined in a free slot
    this.queue = []; // the waiting requests
  }

  begin(state) {
    this.beginning = state;
    for (const i of state.instances) this.slots[i.slot] = i;
    this.queue = [...state.queue];
  }

  add(event) {
    const last = this.events.length - 1;
    const before = this.totalsAt(last + 1);
    const since = last < 0 ? this.from : this.events[last].time_ns;
    const span = event.time_ns - since;
    this.areas.push(Object.fromEntries(this.counts.map((count) => [count, (last < 0 ? 0 : this.areas[last][count]) + before[count] * span])));
    this.events.push(event);
    if (event.evaluation) this.evaluations.push(this.events.length);
  }

  // evaluationAt returns the last event of the first n that is a decision of an autoscaler; undefined if
  // there is none.
  evaluationAt(n) {
    let [low, high] = [0, this.evaluations.length]; // the first low are not after n
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.evaluations[middle] <= n) low = middle + 1;
      else high = middle;
    }
    return low ? this.events[this.evaluations[low - 1] - 1] : undefined;
  }

  // mostMeasured returns the largest average of the decisions around the n-th event, a scale for bars
  // that does not change with each of them.
  mostMeasured(n) {
    const near = this.evaluations.filter((at) => Math.abs(at - n) < 2000).map((at) => this.events[at - 1].evaluation);
    return Math.max(0, ...near.map((e) => Math.max(e.stable, e.panic ?? 0)));
  }

  // stateAt returns the state after the first n events, with the changes instead of the instances
  // and the queue.
  stateAt(n) {
    return n === 0 ? this.beginning : this.events[n - 1].state;
  }

  totalsAt(n) {
    return this.stateAt(n).totals;
  }

  // moveTo sets slots and queue to the state after the first n events.
  moveTo(n) {
    while (this.at < n) this.forward(this.events[this.at++].state);
    while (this.at > n) this.backward(this.events[--this.at].state);
  }

  forward(change) {
    change.before = []; // to go back
    const put = (slot, instance) => {
      change.before.push([slot, this.slots[slot]]);
      this.slots[slot] = instance;
    };
    for (const slot of change.gone || []) put(slot, undefined);
    for (const i of change.instances) put(i.slot, i);
    const q = change.queue;
    if (q) q.removed = this.queue.splice(q.at, q.remove, ...q.insert);
  }

  backward(change) {
    for (const [slot, instance] of change.before) this.slots[slot] = instance;
    const q = change.queue;
    if (q) this.queue.splice(q.at, q.insert.length, ...q.removed);
  }

  // instances returns the live instances, by slot.
  instances() {
    return this.slots.filter((i) => i !== undefined);
  }

  // meanAt returns the time average of a count up to a moment, before which n events happened; NaN
  // at the beginning.
  meanAt(n, now, count) {
    const area = n === 0 ? 0 : this.areas[n - 1][count];
    const since = n === 0 ? this.from : this.events[n - 1].time_ns;
    return (area + this.totalsAt(n)[count] * (now - since)) / (now - this.from);
  }
}
