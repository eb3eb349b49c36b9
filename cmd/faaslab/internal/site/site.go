package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/docs"
	"faaslab/docs/lessons"
)

//go:embed page
var own embed.FS

// ListFile is the file by which a directory is known as a site: the names of its files, as JSON.
const ListFile = "faaslab-site.json"

// policy lets the page use only what the site has, and compile WebAssembly. No worker takes it over.
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'">`

// A list is the contents of ListFile.
type list struct {
	Version string   `json:"version"` // of the files: a hash
	Files   []string `json:"files"`   // sorted; without ListFile
}

// Files returns the files of a site with a simulator, by their names with slashes.
func Files(simulator Simulator) (map[string][]byte, error) {
	files := map[string][]byte{"simulator.bin": simulator.Binary, "wasm_exec.js": simulator.Glue}
	parts, err := fs.Sub(own, "page")
	if err != nil {
		return nil, err
	}
	for _, from := range []struct {
		files  fs.FS
		folder string
	}{{explorer.Page(), ""}, {lessons.Figures, "lessons/figures/"}, {parts, ""}} { // the last one replaces server.js
		names, err := fs.Glob(from.files, "*")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if files[from.folder+name], err = fs.ReadFile(from.files, name); err != nil {
				return nil, err
			}
		}
	}
	if files["manual.html"], err = manual(docs.Manual); err != nil {
		return nil, err
	}
	if files["index.html"], err = index(files["index.html"]); err != nil {
		return nil, err
	}
	return files, complete(files)
}

// index makes the page's own index.html that of a site.
func index(page []byte) ([]byte, error) {
	text := string(page)
	for _, change := range []struct{ at, with string }{
		{`<meta name="viewport"`, policy + "\n" + `<meta name="viewport"`},
		{`<script type="module" src="page.js">`, `<script src="check.js" defer></script>` + "\n" + `<script type="module" src="page.js">`},
		{`  </nav>`, `    <a href="manual.html">Manual</a>` + "\n  </nav>"},
		{`Its scripts come from this machine;`, `Its scripts come from this site;`},
	} {
		if strings.Count(text, change.at) != 1 {
			return nil, fmt.Errorf("site: index.html has %s %d times; want it once", change.at, strings.Count(text, change.at))
		}
		text = strings.Replace(text, change.at, change.with, 1)
	}
	return []byte(text), nil
}

// complete adds the list of the files, and gives offline.js the list and a version, which is another
// one whenever a file changes.
func complete(files map[string][]byte) error {
	names := slices.Sorted(maps.Keys(files))
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n", name, len(files[name]))
		sum.Write(files[name])
	}
	l := list{hex.EncodeToString(sum.Sum(nil))[:16], names}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	files["offline.js"] = append([]byte("const site = "+string(text)+";\n\n"), files["offline.js"]...)
	files[ListFile] = append(text, '\n')
	return nil
}

// Check returns why Write would not write into a directory, without writing anything.
func Check(path string) error {
	directory, err := begin(path)
	if err != nil {
		return err
	}
	directory.Abandon()
	return nil
}

// Write writes files as a site into a directory: a new one, an empty one, or one that has an older
// site and nothing else, which is replaced as a whole or not at all.
func Write(path string, files map[string][]byte) error {
	directory, err := begin(path)
	if err != nil {
		return err
	}
	defer directory.Abandon()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := directory.Create(name)
		if err != nil {
			return err
		}
		if _, err := file.Write(files[name]); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return directory.Commit()
}

func begin(path string) (*outfile.Directory, error) {
	known, err := earlier(path)
	if err != nil {
		return nil, err
	}
	return outfile.NewDirectory(path, true, known)
}

// earlier returns the names of the files and folders of a site that is in a directory; only the name
// of the list if there is none; an error if a folder has a file that is not of the site.
func earlier(path string) ([]string, error) {
	known := []string{ListFile}
	text, err := os.ReadFile(filepath.Join(path, ListFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return known, nil
	case err != nil:
		return known, nil // the directory cannot be written either, which its error says
	}
	var l list
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, fmt.Errorf("%s: is not the list of a site: %w", filepath.Join(path, ListFile), err)
	}
	for _, name := range l.Files {
		folder, _, below := strings.Cut(name, "/")
		if !below {
			known = append(known, name)
			continue
		}
		if slices.Contains(known, folder+"/") {
			continue
		}
		known = append(known, folder+"/")
		err := fs.WalkDir(os.DirFS(path), folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !slices.Contains(l.Files, name) {
				err = fmt.Errorf("%s: the directory has files of its own, such as %s; want a new one, or an empty one", path, name)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return known, nil
}
