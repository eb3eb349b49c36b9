package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

// Pricing says what requests cost. What a preset gives has been filled in; of prices
// that nobody gave the group is nil, and the cost is not known.
type Pricing struct {
	Preset   string // a name of Presets, or empty
	User     *platform.UserPrices
	Provider *platform.ProviderPrices
	Memory   map[string]float64 // of an instance of each platform, in GB of 1024 MB
	Currency string             // code of three letters, or empty: not named
}

// A Preset is the public price list of a provider, free grants and discounts for volume
// left out.
type Preset struct {
	Name   string
	Doc    string // what is priced, where, and what the scenario file cannot say of it
	Source string // where the provider publishes the prices
	Date   string // of the price list: year, and month where it is known
	values listed // by key, in the form in which a scenario is written
}

// listed are the prices of a list, by key.
type listed map[string]string

// Presets are the price lists that pricing.preset names, in US dollars. What is billed of an execution is
// documented beside the prices: AWS rounds to whole milliseconds since 2020-12; of Azure the page "Estimating
// consumption-based costs in Azure Functions" has both plans; Google's has 100 ms.
//
// The prices of provisioned instances on x86 at AWS are those of its calculator
// (calculator.aws/pricing/2.0/meteredUnitMaps/lambda/USD/current/lambda.json); those on Arm, and those of
// Azure's always ready instances, were not seen at the provider but in several lists of other people
// that agree. Azure's Consumption plan has none. Google bills min instances only while they are idle,
// which these keys do not describe.
var Presets = []Preset{
	{
		Name: "aws-lambda", Doc: "AWS Lambda, x86, US East (N. Virginia), the first 6 billion GB-seconds a month",
		Source: "https://aws.amazon.com/lambda/pricing/", Date: "2025-08", // when start-ups (INIT) of all functions came to be billed
		values: listPrices("0.0000166667", "0", "0.2", platform.StartupBilled, "1ms", "0s", "").provisioned("0.0000041667", "0.0000097222"),
	},
	{
		Name: "aws-lambda-arm", Doc: "AWS Lambda, Arm, US East (N. Virginia), the first 7.5 billion GB-seconds a month",
		Source: "https://aws.amazon.com/lambda/pricing/", Date: "2025-08",
		values: listPrices("0.0000133334", "0", "0.2", platform.StartupBilled, "1ms", "0s", "").provisioned("0.0000033334", "0.0000077778"),
	},
	{
		Name: "azure-functions", Doc: "Azure Functions, Consumption plan, East US; the memory billed is what the function used",
		Source: "https://azure.microsoft.com/pricing/details/functions/", Date: "2025-05",
		values: listPrices("0.000016", "0", "0.2", platform.StartupFree, "1ms", "100ms", "128MB"),
	},
	{
		Name: "azure-functions-flex", Doc: "Azure Functions, Flex Consumption plan, East US; provisioned instances are its always ready ones",
		Source: "https://azure.microsoft.com/pricing/details/functions/", Date: "2025-05",
		values: listPrices("0.000026", "0", "0.4", platform.StartupFree, "100ms", "1s", "").provisioned("0.000004", "0.000016"),
	},
	{
		Name: "google-cloud-run", Doc: "Google Cloud Run and its functions, billed by request, regions of tier 1, one vCPU (pricing.second) and one request at a time an instance",
		Source: "https://cloud.google.com/run/pricing", Date: "2025",
		values: listPrices("0.0000025", "0.000024", "0.4", platform.StartupBilled, "100ms", "0s", ""),
	},
}

func listPrices(gbSecond, second, millionRequests string, startup platform.StartupBilling, step, minimum, memoryStep string) listed {
	return listed{
		"pricing.gb_second": gbSecond, "pricing.second": second,
		"pricing.million_requests": millionRequests, "pricing.startups": startup.String(),
		"pricing.billing_step": step, "pricing.billing_minimum": minimum, "pricing.memory_step": memoryStep,
		"pricing.currency": "USD",
	}
}

// provisioned adds the prices of provisioned instances: of their time, and of executions on them.
func (l listed) provisioned(gbSecond, executionGBSecond string) listed {
	l[provisionedKey], l[provisionedExecutionKey] = gbSecond, executionGBSecond
	return l
}

// The keys of what provisioned instances cost.
const (
	provisionedKey          = "pricing.provisioned_gb_second"
	provisionedExecutionKey = "pricing.provisioned_execution_gb_second"
)

// findPreset returns the preset of a name, or nil.
func findPreset(name string) *Preset {
	for i := range Presets {
		if Presets[i].Name == name {
			return &Presets[i]
		}
	}
	return nil
}

// ListPrices returns the preset whose prices hold as they are; nil if there is none or the
// scenario changes one of them.
func (s Scenario) ListPrices() *Preset {
	if s.Pricing == nil {
		return nil
	}
	p := findPreset(s.Pricing.Preset)
	if p == nil {
		return nil
	}
	for path, text := range p.values {
		if table.Find(path).Write(&s) != text {
			return nil
		}
	}
	return p
}

// Memory returns the memory of an instance of one platform in GB; 0 without a pricing block.
func (s Scenario) Memory(name string) float64 {
	if s.Pricing == nil {
		return 0
	}
	return s.Pricing.Memory[name]
}

// Prices returns what requests cost on one platform; none are known without a pricing block.
func (s Scenario) Prices(name string) platform.Prices {
	if s.Pricing == nil {
		return platform.Prices{}
	}
	p := platform.Prices{Memory: s.Memory(name), User: s.Pricing.User, Provider: s.Pricing.Provider}
	if k := KindOf(name); k.price != nil {
		k.price(s, &p)
	}
	return p
}

// Metrics returns the metrics of one of the scenario's platforms, in the order in which
// they are shown: the platform's own, then the costs, then those of the limits.
func (s Scenario) Metrics(name string) []platform.Metric {
	metrics := slices.Concat(KindOf(name).metricsIn(s), s.Prices(name).Metrics())
	for _, l := range s.Limits {
		metrics = append(metrics, l.metric())
	}
	return metrics
}

// The groups of prices: a cost is known if one price of its group is given.
var (
	userKeys     = []string{"pricing.gb_second", "pricing.second", "pricing.million_requests"}
	providerKeys = []string{"pricing.provider_running_gb_second", "pricing.provider_idle_gb_second", "pricing.provider_cold_start"}
)

// standard returns the text that holds where a key is left out: the preset's, else the
// table's; empty if there is none.
func (d document) standard(k *Key) string {
	if d.Given("run.duration") && slices.Contains(rivals["run.duration"], k.Path) {
		return "" // a fixed length takes the place of a precision
	}
	if p := findPreset(d.Entries["pricing.preset"].Text); p != nil && p.values[k.Path] != "" {
		return p.values[k.Path]
	}
	if text, ok := d.scalingStandard(k.Path); ok {
		return text
	}
	return k.Standard
}

// checkPricing drops the groups of prices of which none is given, and notes keys that then have no effect.
func (d document) checkPricing(s *Scenario) {
	p := s.Pricing
	if p == nil {
		return
	}
	if !d.Given("pricing.preset") && !slices.ContainsFunc(userKeys, d.Given) {
		p.User = nil
	}
	if !slices.ContainsFunc(providerKeys, d.Given) {
		p.Provider = nil
	}
	for _, path := range []string{provisionedKey, provisionedExecutionKey, "pricing.startups", "pricing.billing_step", "pricing.billing_minimum", "pricing.memory_step"} {
		if p.User != nil || !d.Given(path) {
			continue
		}
		d.Problems.Add(d.At(path), "has no effect without what the user pays; want a preset or some of %s",
			strings.ReplaceAll(keyfile.List(userKeys, "and"), "pricing.", ""))
	}
}

// The keys of the block.

// preset makes the key of the price list.
func preset() Key {
	names := presetNames()
	accepts := keyfile.List(names, "or")
	return Key{
		Path: "pricing.preset", Doc: "The public price list that gives what the user pays, where the other keys do not.",
		Accepts: accepts, Schema: keyfile.Fragment{"enum": names},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if findPreset(text) != nil {
				s.Pricing.Preset = text
				return nil
			}
			if i := keyfile.Nearest(text, keyfile.FewEdits(text), names); i >= 0 {
				return fmt.Errorf("found %s; did you mean %s? want %s", keyfile.Quoted(text), names[i], accepts)
			}
			return keyfile.Wrong(text, accepts)
		},
		Write: func(s *Scenario) string { return s.Pricing.Preset },
	}
}

// price makes a key whose value is an amount of money. Its field is nil where the scenario
// does without the group of prices that it belongs to.
func price(path, doc string, field func(*Pricing) *float64) Key {
	return Key{
		Path: path, Doc: doc, Accepts: wantPrice(), Standard: "0", Decimal: true,
		Schema: keyfile.Fragment{"type": "number", "minimum": 0, "maximum": dearest},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			amount, err := strconv.ParseFloat(text, 64)
			if err != nil || strings.Trim(text, "0123456789.eE+-") != "" || !isPrice(amount) {
				return keyfile.Wrong(text, wantPrice())
			}
			*field(s.Pricing) = math.Abs(amount) // no negative zero
			return nil
		},
		Write: func(s *Scenario) string {
			if amount := field(s.Pricing); amount != nil {
				return keyfile.FormatDecimal(*amount)
			}
			return ""
		},
	}
}

// userPrice makes the key of a price that the user pays.
func userPrice(path, doc string, field func(*platform.UserPrices) *float64) Key {
	return price(path, doc, func(p *Pricing) *float64 {
		if p.User == nil {
			return nil
		}
		return field(p.User)
	})
}

// provisionedPrice makes the key of a price that is not known where it is left out.
func provisionedPrice(path, doc string, field func(*platform.UserPrices) **float64) Key {
	k := userPrice(path, doc, func(u *platform.UserPrices) *float64 { return *field(u) })
	read := k.Read
	k.Standard = ""
	k.Read = func(s *Scenario, text string, notation dist.Parser) error {
		*field(s.Pricing.User) = new(float64)
		return read(s, text, notation)
	}
	return k
}

// providerPrice makes the key of a cost of the provider.
func providerPrice(path, doc string, field func(*platform.ProviderPrices) *float64) Key {
	return price(path, doc, func(p *Pricing) *float64 {
		if p.Provider == nil {
			return nil
		}
		return field(p.Provider)
	})
}

// startupBilling is a choice that is left out where the user pays nothing that is known.
func startupBilling() Key {
	return ofUser(keyfile.Choice("pricing.startups", "Whether the user pays for start-ups as for execution; what of container.cold is start-up is told by its mean and that of container.warm.", billings,
		func(s *Scenario) *platform.StartupBilling { return &s.Pricing.User.Startup }))
}

// userSpan makes the key of a duration that the user's bill depends on.
func userSpan(path, doc string, field func(*platform.UserPrices) *sim.Time) Key {
	return ofUser(keyfile.Span(path, doc, "0s", delays, func(s *Scenario) *sim.Time { return field(s.Pricing.User) }))
}

// memoryStep is a memory size that is left out where memory is billed as it is.
func memoryStep() Key {
	return ofUser(keyfile.Memory("pricing.memory_step", "The memory of an instance is billed rounded up to a multiple of this; left out: as it is.",
		func(s *Scenario) *float64 { return &s.Pricing.User.MemoryStep }))
}

// ofUser makes a key one that is not written where the user pays nothing that is known.
func ofUser(k Key) Key {
	write := k.Write
	k.Write = func(s *Scenario) string {
		if s.Pricing.User == nil {
			return ""
		}
		return write(s)
	}
	return k
}

// currency makes the key of the currency's code, for what is shown.
func currency() Key {
	return Key{
		Path: "pricing.currency", Doc: "The currency of all prices, as results name it.", Accepts: wantCurrency,
		Schema: keyfile.Fragment{"type": "string", "pattern": "^[A-Z]{3}$"},
		Read: func(s *Scenario, text string, _ dist.Parser) error {
			if !isCurrency(text) {
				return keyfile.Wrong(text, wantCurrency)
			}
			s.Pricing.Currency = text
			return nil
		},
		Write: func(s *Scenario) string { return s.Pricing.Currency },
	}
}

// ParseMemory reads a memory size such as 512MB or 0.5GiB, in GB of 1024 MB.
func ParseMemory(text string) (gb float64, ok bool) { return keyfile.ParseMemory(text) }

// FormatMemory writes a memory size in GB, >= 1KB, in the unit that takes the fewest characters,
// at least one of it: 128MB, 1.5GB, 64KB.
func FormatMemory(gb float64) string { return keyfile.FormatMemory(gb) }
