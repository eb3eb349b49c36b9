package words

// Version is the version of the results: it changes whenever a seed gives other numbers.
const Version = "0.4.0"
