package chart

// Negligible is the probability below which a distribution is not shown.
const Negligible = 1e-6
