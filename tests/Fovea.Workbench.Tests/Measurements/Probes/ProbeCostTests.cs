using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;
using Fovea.Data;
using Fovea.Testing;
using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

/// <summary>The passes that the page about probes gives are those that are made.</summary>
public sealed partial class ProbeCostTests
{
    [Fact]
    public void Try_EveryProbe_MakesThePassesThatItsPageGives()
    {
        Dictionary<string, (string Forward, string Backward)> page = CostRow()
            .Matches(File.ReadAllText(Path.Combine(TestData.Root, "docs", "probes.md")))
            .ToDictionary(m => m.Groups[1].Value, m => (m.Groups[2].Value, m.Groups[3].Value));

        Assert.Equal(ProbeCatalog.BuiltIn.Select(p => p.Name).Order(), page.Keys.Order());
        foreach (Probe probe in ProbeCatalog.BuiltIn)
        {
            Passes passes = new();
            ProbeContext context = Counting(passes);
            (passes.Forward, passes.Backward) = (0, 0);

            IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(probe, context);

            Assert.True(lines.Count > 0, $"{probe.Name} had nothing to say");
            string made = $"{probe.Name}: {passes.Forward} forward, {passes.Backward} backward";
            (string forward, string backward) = page[probe.Name];
            double updates = lines[0].Values.GetValueOrDefault("updates");
            Assert.True(passes.Forward == Value(forward, updates), $"{made}; the page says {forward}");
            Assert.True(passes.Backward == Value(backward, updates), $"{made}; the page says {backward}");
        }
    }

    /// <summary>T batches learned from, H held out, L layers with parameters, W with filters, S of these that can be passed over,
    /// D with dead units, F filters silenced, M maps, U updates made.</summary>
    private static double Value(string formula, double updates)
    {
        Dictionary<char, double> values = new()
        {
            ['T'] = 3,
            ['H'] = 2,
            ['L'] = 4,
            ['W'] = 3,
            ['S'] = 1,
            ['D'] = 1,
            ['F'] = 8,
            ['M'] = 3,
            ['U'] = updates,
        };
        string numbers = string.Concat(
            formula.Select(c => values.TryGetValue(c, out double v) ? v.ToString(CultureInfo.InvariantCulture) : $"{c}")
        );
        using DataTable table = new();
        return Convert.ToDouble(
            table.Compute(numbers.Replace(" x ", " * ", StringComparison.Ordinal), ""),
            CultureInfo.InvariantCulture
        );
    }

    private static ProbeContext Counting(Passes passes)
    {
        Net model = new(passes);
        Batch[] batches = [.. Loader().Epoch(0).Select(b => Trials.WithInputs(b, x => Tensor.Concat([x, x * 2.0])))];
        model.Initialize(5);
        model.Norm.Bias!.AsSpan<float>()[0] = -50f;
        string relu = Graph.Trace(model, [2, 8, 8]).Nodes.Single(n => n.Operator.Name == "ReLU").Name;
        return new ProbeContext
        {
            Model = model,
            Optimizer = new Adam(model, 0.01),
            Loss = Loss,
            Classes = 3,
            Current = batches[0],
            Train = batches,
            HeldOut = batches[1..],
            Coming = n => [.. Enumerable.Range(0, n).Select(i => batches[i % batches.Length])],
            Measured = new Measurements
            {
                Run = new MeasuredRun
                {
                    Model = "net",
                    Optimizer = "adam",
                    Points = [new(relu, PointKind.Activation, "relu", -1, 4, 64, [], false, null, null)],
                },
                Epochs =
                [
                    new MeasuredEpoch
                    {
                        Epoch = 1,
                        Step = 3,
                        DeadUnits = [1],
                    },
                ],
            },
        };
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` +\| ([^|]+?) +\| ([^|]+?) +\|", RegexOptions.Multiline)]
    private static partial Regex CostRow();

    private sealed class Passes
    {
        public int Forward { get; set; }

        public int Backward { get; set; }

        /// <summary>Whether the pass backward under way was counted at the end.</summary>
        public bool IsBack { get; set; }
    }

    /// <summary>Passes its input on and counts: passes forward at a network's input, and passes backward where they begin,
    /// which is at its end, or in the middle.</summary>
    private sealed class Counter(Passes passes, bool isEnd) : Operator
    {
        public override string Name => "Counter";

        public override (int OutputAxis, AxisMap Map)? ReadsOf(OperatorShapes shapes, int input, int axis) =>
            (axis, AxisMap.Identity(shapes.Inputs[input][axis]));

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.None;

        protected override Tensor Forward(OperatorCall call)
        {
            passes.Forward += isEnd ? 0 : 1;
            passes.IsBack = false;
            return call.Inputs[0].Clone();
        }

        protected override void Differentiate(GradientCall call)
        {
            passes.Backward += isEnd || !passes.IsBack ? 1 : 0;
            passes.IsBack = isEnd;
            call.Give(0, call.Gradient());
        }
    }

    private sealed class Net(Passes passes) : Module
    {
        private readonly Conv2d _first = new(2, 4, 3, padding: 1);
        private readonly Conv2d _same = new(4, 4, 3, padding: 1);
        private readonly Linear _head = new(4, 3);

        public BatchNorm2d Norm { get; } = new(4);

        public override Tensor Forward(Tensor x)
        {
            Tensor maps = Norm.Forward(_same.Forward(_first.Forward(new Counter(passes, isEnd: false).Apply(x))))
                .Relu();
            return new Counter(passes, isEnd: true).Apply(_head.Forward(maps.Mean([2, 3])));
        }
    }
}
