// The load of bench/gateway-latency.ts and the upstream behind both gateways, in one program without dependencies: little of its own
// stands between two measurements.
//
//	gateway-load serve PORT           answers every request with 1 KiB of JSON
//	gateway-load pairs < plan.json    asks two gateways in turns over one open connection each
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		fail(serve(os.Args[2]))
	}
	if len(os.Args) == 2 && os.Args[1] == "pairs" {
		fail(pairs())
		return
	}
	fail(fmt.Errorf("gateway-load serve PORT | gateway-load pairs"))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(port string) error {
	answer := append([]byte(`{"rows":"`), append(bytes.Repeat([]byte("x"), 1012), []byte(`"}`)...)...)
	return http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body)
		writer.Header().Set("content-type", "application/json")
		writer.Write(answer)
	}))
}

type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

type plan struct {
	Ports [2]int `json:"ports"`
	// Asked one after the other, each of both gateways.
	Requests      []request `json:"requests"`
	WarmUpPairs   int       `json:"warmUpPairs"`
	Blocks        int       `json:"blocks"`
	PairsPerBlock int       `json:"pairsPerBlock"`
}

// Microseconds of one block: what the first and the second gateway took.
type block struct {
	P50 [2]float64 `json:"p50"`
	P99 [2]float64 `json:"p99"`
}

type gateway struct {
	connection net.Conn
	reader     *bufio.Reader
}

func pairs() error {
	var wanted plan
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		return err
	}
	var messages [][]byte
	for _, each := range wanted.Requests {
		messages = append(messages, messageOf(each))
	}
	var gateways [2]gateway
	for index, port := range wanted.Ports {
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return err
		}
		gateways[index] = gateway{connection, bufio.NewReader(connection)}
	}
	if _, err := measure(gateways, messages, wanted.WarmUpPairs); err != nil {
		return err
	}
	blocks := []block{}
	for len(blocks) < wanted.Blocks {
		measured, err := measure(gateways, messages, wanted.PairsPerBlock)
		if err != nil {
			return err
		}
		blocks = append(blocks, measured)
	}
	return json.NewEncoder(os.Stdout).Encode(blocks)
}

func messageOf(each request) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: shop.test\r\n", each.Method, each.Path)
	for name, value := range each.Headers {
		fmt.Fprintf(&text, "%s: %s\r\n", name, value)
	}
	if each.Body != "" {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(each.Body))
	}
	text.WriteString("\r\n" + each.Body)
	return text.Bytes()
}

// In the order first, second, second, first, so that none always comes after the other.
func measure(gateways [2]gateway, messages [][]byte, count int) (block, error) {
	var took [2][]float64
	for pair := 0; pair < count; pair++ {
		message := messages[(pair/2)%len(messages)]
		for turn := 0; turn < 2; turn++ {
			index := (turn + pair) % 2
			startedAt := time.Now()
			if err := ask(gateways[index], message); err != nil {
				return block{}, fmt.Errorf("gateway %d: %w", index+1, err)
			}
			took[index] = append(took[index], float64(time.Since(startedAt).Nanoseconds())/1000)
		}
	}
	var result block
	for index := range took {
		sort.Float64s(took[index])
		result.P50[index] = percentile(took[index], 50)
		result.P99[index] = percentile(took[index], 99)
	}
	return result, nil
}

func ask(to gateway, message []byte) error {
	if _, err := to.connection.Write(message); err != nil {
		return err
	}
	response, err := http.ReadResponse(to.reader, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answered %d to %.40q", response.StatusCode, message)
	}
	return nil
}

func percentile(sorted []float64, percent int) float64 {
	index := (len(sorted)*percent+99)/100 - 1
	if index < 0 {
		index = 0
	}
	return sorted[index]
}
