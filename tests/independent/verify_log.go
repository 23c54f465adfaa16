// Verifies a log in a folder with the Go checksum database's packages, which share no code with Seawall.
//
// usage: verify_log VKEY FOLDER CHECKPOINT... [-- PROOF...]
//
// Opens each CHECKPOINT under VKEY, checks that each entry is in its tree and that it continues the one before, and
// that each PROOF (C2SP tlog-proof with the entry as its extra data) holds. Prints a line a checkpoint and a proof.
package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

// Tiles read from the folder. Nothing is saved: each is read and checked again every time.
type folder string

func (f folder) Height() int                     { return 8 }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		full := tile
		full.W = width
		data, err := f.readEither(tile.Path(), full.Path())
		if err != nil {
			return nil, err
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is too short", tile.Path())
		}
		all = append(all, data[:tile.W*tlog.HashSize])
	}
	return all, nil
}

// Go writes tile/8/LEVEL/..., C2SP tlog-tiles tile/LEVEL/...
func (f folder) readEither(path, full string) ([]byte, error) {
	data, err := os.ReadFile(f.place(path))
	if errors.Is(err, fs.ErrNotExist) {
		return os.ReadFile(f.place(full))
	}
	return data, err
}

func (f folder) place(path string) string {
	return filepath.Join(string(f), "tile", strings.TrimPrefix(path, "tile/8/"))
}

// The entry bundles have the paths of tiles of the level "entries".
func (f folder) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*width < size; n++ {
		tile := tlog.Tile{H: 8, L: 0, N: n, W: width}
		full := strings.Replace(tile.Path(), "/8/0/", "/8/entries/", 1)
		part := full
		if left := size - n*width; left < width {
			tile.W = int(left)
			part = strings.Replace(tile.Path(), "/8/0/", "/8/entries/", 1)
		}
		data, err := f.readEither(part, full)
		if err != nil {
			return nil, err
		}
		for i := 0; i < tile.W; i++ {
			if len(data) < 2 || len(data) < 2+int(data[0])<<8+int(data[1]) {
				return nil, fmt.Errorf("%s is cut short", part)
			}
			end := 2 + (int(data[0])<<8 | int(data[1]))
			all = append(all, data[2:end])
			data = data[end:]
		}
	}
	return all, nil
}

func open(text []byte, key note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkEntries(tree tlog.Tree, f folder) error {
	entries, err := f.entries(tree.N)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, f)
	for n, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(n), reader)
		if err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(n), tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
	}
	return nil
}

func checkGrowth(old, tree tlog.Tree, f folder) error {
	if old.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, f))
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func checkProof(path string, key note.Verifier) error {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, checkpoint, _ := strings.Cut(string(bytes), "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := open([]byte(checkpoint), key)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func main() {
	key, err := note.NewVerifier(os.Args[1])
	must("the key", err)
	f := folder(os.Args[2])
	var old tlog.Tree
	words := os.Args[3:]
	for len(words) > 0 && words[0] != "--" {
		text, err := os.ReadFile(words[0])
		must(words[0], err)
		tree, err := open(text, key)
		must(words[0], err)
		must(words[0], checkEntries(tree, f))
		must(words[0], checkGrowth(old, tree, f))
		fmt.Printf("checkpoint %d\n", tree.N)
		old, words = tree, words[1:]
	}
	for i := 1; i < len(words); i++ {
		must(words[i], checkProof(words[i], key))
		fmt.Printf("proof %d\n", i)
	}
}
