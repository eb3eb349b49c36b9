package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/validate"
)

// completionFlag, the last argument, asks the program which words may follow the arguments before
// it. cli answers with commands, flags and arguments, completeValue with the values of a flag.
const completionFlag = "--generate-bash-completion"

// completionScripts are the scripts for shells, which ask the program itself which words may
// follow. In a list with commas the last item is completed, and only the value follows a key with
// its equals sign.
var completionScripts = map[string]string{
	"bash": `_faaslab() {
    local cur="${COMP_WORDS[COMP_CWORD]}" list=""
    local words=("${COMP_WORDS[@]:0:$COMP_CWORD}")
    if [[ "$cur" == -* ]]; then words+=("$cur"); fi
    if [[ "${words[-1]}" == --m* && "$cur" == *,* ]]; then list="${cur%,*},"; fi
    COMPREPLY=($(compgen -P "$list" -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "${cur#"$list"}"))
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "$cur")); fi
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]]; then compopt -o nospace; fi
}
complete -o filenames -F _faaslab faaslab
`,
	"zsh": `#compdef faaslab
_faaslab() {
    local -a options
    local current="${words[-1]}"
    if [[ "$current" == -* ]]; then
        options=("${(@f)$(${words[@]:0:#words[@]-1} ${current} --generate-bash-completion 2>/dev/null)}")
    else
        options=("${(@f)$(${words[@]:0:#words[@]-1} --generate-bash-completion 2>/dev/null)}")
    fi
    if [[ "${words[-2]}" == --m* ]]; then compset -P '*,'; fi
    if [[ -n "${options[1]}" ]]; then
        if [[ "${options[1]}" == *= ]]; then compadd -S '' -a options; else _describe 'values' options; fi
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == _faaslab ]]; then # loaded from the fpath, for the first completion
    _faaslab "$@"
else
    compdef _faaslab faaslab
fi
`,
	"fish": `function __faaslab_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    if string match -q -- '-*' $current
        set words $words $current
    end
    $words --generate-bash-completion 2>/dev/null
end
complete -c faaslab -a '(__faaslab_complete)'
`,
}

// completeValue writes the values that the flag before the completion may have, one per line; false
// if there is no flag that takes a value, and the arguments are completed. For a flag whose values
// are names of files it writes nothing.
func completeValue(app *cli.App, args []string, w io.Writer) bool {
	if len(args) < 3 || args[len(args)-1] != completionFlag {
		return false
	}
	commands, flags, name := app.Commands, []cli.Flag(nil), ""
	for _, arg := range args[1:] {
		command := findCommand(commands, arg)
		if command == nil {
			break
		}
		commands, flags, name = command.Subcommands, command.Flags, command.Name
	}
	last := args[len(args)-2]
	if !strings.HasPrefix(last, "-") || !takesValue(flags, last) {
		return false
	}
	var values []string
	switch strings.TrimLeft(canonical(flags, last), "-") {
	case "format":
		values = []string{"text", "json", "csv"}
		switch name {
		case "trace":
			values = []string{"text", "json", "perfetto"}
		case "import":
			values = []string{"text", "json"}
		}
	case "laws":
		values = importing.Laws()
	case "unit":
		values = []string{"s", "ms", "us", "ns"}
	case "times":
		values = []string{"start", "end"}
	case "spread":
		values = []string{"uniform", "even", "start"}
	case "set", "vary", "a", "b":
		for _, key := range scenarios.Keys() {
			values = append(values, key+"=")
		}
	case "metrics", "goal":
		values = words.Measurable()
	case "models":
		values = append(slices.Clone(validate.ModelNames), "none")
	case "platform":
		values = scenarios.KindNames()
	case "distribution":
		values = platform.With(platform.Distributed)
	}
	for _, value := range values {
		fmt.Fprintln(w, value)
	}
	return true
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the script for completion in a shell",
		ArgsUsage: "bash|zsh|fish",
		Description: "bash:  source <(faaslab completion bash)\n" +
			"zsh:   source <(faaslab completion zsh)\n" +
			"fish:  faaslab completion fish | source",
		Flags: []cli.Flag{},
		BashComplete: func(c *cli.Context) {
			fmt.Fprint(c.App.Writer, "bash\nzsh\nfish\n")
		},
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			script, ok := completionScripts[shell]
			if !ok || c.NArg() != 1 {
				return fmt.Errorf("completion: want one of bash, zsh, fish")
			}
			return outfile.Print(c.App.Writer, []byte(script))
		},
	}
}
