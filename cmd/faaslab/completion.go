package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program itself what may follow; cli answers
// --generate-bash-completion.
var completionScripts = map[string]string{
	"bash": `_faaslab() {
    local cur="${COMP_WORDS[COMP_CWORD]}"
    local words=("${COMP_WORDS[@]:0:$COMP_CWORD}")
    if [[ "$cur" == -* ]]; then words+=("$cur"); fi
    COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "$cur"))
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "$cur")); fi
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
    _describe 'values' options || _files
}
compdef _faaslab faaslab
`,
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the script that completes words in a shell",
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
			if shell == "fish" && c.NArg() == 1 {
				script, err := c.App.ToFishCompletion()
				if err != nil {
					return err
				}
				return print(c, []byte(script))
			}
			script, ok := completionScripts[shell]
			if !ok || c.NArg() != 1 {
				return fmt.Errorf("completion: want one of bash, zsh, fish")
			}
			return print(c, []byte(script))
		},
	}
}
