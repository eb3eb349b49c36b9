// Command faaslab simulates serverless platforms from the command line:
//
//	faaslab run                                          the float function on both platforms
//	faaslab run --set container.keep_alive=10s float     what if it were kept 10 s?
//	faaslab compare float --b container.keep_alive=10s   how does that differ?
//	faaslab trace float                                  what happens, event by event?
//	faaslab scenarios list                               what else is built in
//
// Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 a check
// failed, 2 bad usage or input, 3 reading or writing failed midway, 130
// interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
)

func main() { os.Exit(faaslab(os.Args, os.Stdout, os.Stderr)) }

// faaslab runs one command line and returns its exit code.
func faaslab(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	return execute(ctx, args, stdout, stderr)
}

// execute runs one command line until it ends or ctx does, and returns its exit code. Several may
// run at once.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &format.CheckedWriter{W: stdout}
	app := newApp(out, stderr)
	if completeValue(app, args, out) {
		return 0
	}
	err := app.RunContext(ctx, permute(app, args))
	if err == nil && out.Err != nil {
		err = &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing to stdout: %w", outfile.WithoutPath(out.Err))}
	}
	if err == nil {
		return 0
	}
	code := exit.BadInput
	if coded := new(exit.Error); errors.As(err, &coded) {
		code = coded.Code
	}
	if errors.As(err, new(*scenarios.MemoryError)) {
		err = fmt.Errorf("%w, or a larger GOMEMLIMIT", err)
	}
	var panicked *scenarios.PanicError
	if errors.As(err, &panicked) {
		code, err = exit.CheckFailed, fmt.Errorf("an error of the simulator, please report it: %w", err)
	}
	if message := err.Error(); message != "" {
		format.Complain(stderr, "faaslab: "+message)
	}
	if panicked != nil {
		fmt.Fprintf(stderr, "%s", panicked.Stack)
	}
	return code
}

// init sets the variables of package cli, which are shared by all its apps.
func init() {
	cli.FlagStringer = flagHelp
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprintln(c.App.Writer, "faaslab", words.Version+builtFrom()) }
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                      "faaslab",
		Usage:                     "a laboratory for serverless queueing",
		Version:                   words.Version,
		Commands:                  []*cli.Command{runCommand(), sweepCommand(), mergeCommand(), compareCommand(), tuneCommand(), fitCommand(), modelCommand(), validateCommand(), reproduceCommand(), traceCommand(), importCommand(), serveCommand(), siteCommand(), scenariosCommand(), completionCommand(), manCommand(), helpCommand()},
		Flags:                     []cli.Flag{cli.HelpFlag}, // cli adds it only if no command is called help
		EnableBashCompletion:      true,
		DisableSliceFlagSeparator: true, // notations contain commas
		Writer:                    stdout,
		ErrWriter:                 stderr,
		HideHelpCommand:           true,
		OnUsageError:              usageError,
		ExitErrHandler:            func(*cli.Context, error) {}, // execute decides on the exit code
		CommandNotFound:           nil,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return noCommand("", c.Args().First(), c.App.Commands)
			}
			return cli.ShowAppHelp(c)
		},
	}
	prepare(app.Commands)
	return app
}

// prepare gives every command the same settings.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelpCommand = true
		c.OnUsageError = usageError
		c.Before = refuseEmpty
		prepare(c.Subcommands)
	}
}

// permute moves the flags of a command before its arguments, since cli accepts no flag after the
// first argument. Words after "--" are arguments. When help is requested, permute drops the
// arguments: cli would take the first for a topic.
func permute(app *cli.App, args []string) []string {
	if len(args) > 0 && args[len(args)-1] == completionFlag {
		return args // cli expects it last
	}
	args = helpAsFlag(app, args)
	commands, flags := app.Commands, []cli.Flag(nil)
	i := 1
	for i < len(args) {
		command := findCommand(commands, args[i])
		if command == nil {
			break
		}
		commands, flags = command.Subcommands, command.Flags
		i++
	}
	head := append([]string{}, args[:min(i, len(args))]...)
	if flags == nil {
		return args
	}
	var options, rest []string
	for ; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "--":
			rest = append(rest, args[i+1:]...)
			i = len(args)
		case len(arg) < 2 || arg[0] != '-':
			rest = append(rest, arg)
		default:
			options = append(options, canonical(flags, arg))
			if takesValue(flags, arg) {
				i++
				if i == len(args) {
					return append(head, options...) // cli reports the missing value
				}
				options = append(options, args[i])
			}
		}
	}
	if slices.ContainsFunc(options, func(o string) bool { return slices.Contains([]string{"-h", "--h", "-help", "--help"}, o) }) {
		return append(head, "--help")
	}
	return slices.Concat(head, options, []string{"--"}, rest)
}

func findCommand(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// takesValue reports whether the next argument is the flag's value.
func takesValue(flags []cli.Flag, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	f := findFlag(flags, name)
	_, isBool := f.(*cli.BoolFlag)
	return f != nil && !isBool
}

// canonical returns a flag by its first name: cli refuses a flag given by two of its names, such as
// -s and --set.
func canonical(flags []cli.Flag, arg string) string {
	name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	f := findFlag(flags, name)
	if f == nil {
		return arg
	}
	if given {
		value = "=" + value
	}
	return "--" + f.Names()[0] + value
}

// findFlag returns the flag with a name or an alias; nil if there is none.
func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}
