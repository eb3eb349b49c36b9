// Package tables writes tables with typed columns as Parquet: row after row, in bounded memory.
package tables
