package lessons

import "embed"

// Figures is empty in a browser: a static site has the figures as files.
var Figures embed.FS
