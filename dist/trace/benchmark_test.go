package trace

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

// repeated returns about a million lines made of lines with running numbers.
func repeated(line func(i int) string) []byte {
	var b bytes.Buffer
	for i := range 200_000 {
		b.WriteString(line(i))
	}
	return b.Bytes()
}

func benchmark(b *testing.B, format string, text []byte) {
	f, err := FindFormat(format)
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.Count(text, []byte("\n"))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var log Log
		r := log.Read(f, "log", bytes.NewReader(text), Options{})
		var row Row
		n := 0
		for r.Next(&row) == nil {
			n++
		}
		if err := r.Next(&row); err != io.EOF || n == 0 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
}

const reportLine = "REPORT RequestId: 3a63cea6-0000-4000-8000-%012x\tDuration: %d.25 ms\tBilled Duration: %d ms\tMemory Size: 512 MB\tMax Memory Used: 74 MB\tInit Duration: 1690.00 ms\t"

func BenchmarkLambda(b *testing.B) {
	benchmark(b, "lambda", repeated(func(i int) string {
		return fmt.Sprintf("2023-11-14T22:%02d:%02d.%03dZ 2023/11/14/[$LATEST]0123456789abcdef0123456789abcdef "+reportLine+"\n", i/60000%60, i/1000%60, i%1000, i, i%5000, i%5000+1)
	}))
}

func BenchmarkCloudWatch(b *testing.B) {
	text := append([]byte("timestamp,message\n"), repeated(func(i int) string {
		return fmt.Sprintf("%d,\""+reportLine+"\n\"\n", 1700000000000+i, i, i%5000, i%5000+1)
	})...)
	benchmark(b, "lambda", text)
}

func BenchmarkCSV(b *testing.B) {
	text := append([]byte("time,duration,cold,function\n"), repeated(func(i int) string {
		return fmt.Sprintf("%d.%03d,0.%04d,%v,f\n", 1700000000+i/1000, i%1000, i%10000, i%100 == 0)
	})...)
	benchmark(b, "csv", text)
}

func BenchmarkAzure2021(b *testing.B) {
	text := append([]byte("app,func,end_timestamp,duration\n"), repeated(func(i int) string {
		return fmt.Sprintf("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb,252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111,%d.69869422444167,0.%03d\n", i, i%1000)
	})...)
	benchmark(b, "azure2021", text)
}

func BenchmarkVegeta(b *testing.B) {
	benchmark(b, "vegeta", repeated(func(i int) string {
		return fmt.Sprintf("%d,200,1825999999,0,5,,aGVsbG8=,,%d,GET,http://localhost/f,\n", 1700000000782629888+i, i)
	}))
}

func BenchmarkOrder(b *testing.B) {
	b.ReportAllocs()
	var order Order
	var row Row
	i := int64(0)
	for b.Loop() {
		for order.Full() {
			if err := order.Take(&row); err != nil {
				b.Fatal(err)
			}
		}
		i++
		if err := order.Add(&Row{Time: i ^ 7, Line: i}, "log"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
