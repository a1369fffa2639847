using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class ProbeRunnerTests
{
    public static TheoryData<string> Names => [.. ProbeCatalog.BuiltIn.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EveryProbe_LeavesNoTraceAndRepeats(string name)
    {
        ProbeContext context = WithDeadUnits(Training());
        context.Model.NamedModules().Single(m => m.Path == "norm").Module.Eval(); // by hand, while the rest trains
        Snapshot before = Snapshot.Of(context);

        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(ProbeCatalog.Find(name)!, context);

        before.AssertSame(Snapshot.Of(context));
        IReadOnlyList<MeasuredProbe> again = ProbeRunner.Run(ProbeCatalog.Find(name)!, context);
        Assert.Equal(
            lines.SelectMany(l => l.Values.Select(v => (l.Layer, v.Key, v.Value))),
            again.SelectMany(l => l.Values.Select(v => (l.Layer, v.Key, v.Value)))
        );
        Assert.All(lines, l => Assert.Equal((name, context.Step), (l.Name, l.Step)));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd,momentum=0.9")]
    public void Run_ProbeThatChangesEverything_LeavesNoTrace(string optimizer)
    {
        ProbeContext context = Training(optimizer);
        context.Model.NamedModules().Single(m => m.Path == "norm").Module.Eval();
        context.Model.Parameters()[0].RequiresGrad = false;
        Snapshot before = Snapshot.Of(context);

        ProbeRunner.Run(new Vandal(), context);

        before.AssertSame(Snapshot.Of(context));
    }

    [Fact]
    public void Run_ProbeThatFails_LeavesNoTraceEither()
    {
        ProbeContext context = Training();
        Snapshot before = Snapshot.Of(context);

        Assert.Throws<TimeoutException>(() => ProbeRunner.Run(new Vandal(fails: true), context));

        before.AssertSame(Snapshot.Of(context));
    }

    [Fact]
    public void Run_StateThatIsNotPutBack_IsNoticed()
    {
        ProbeContext context = Training();

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() =>
            ProbeRunner.Run(new Freezer(), context)
        );

        Assert.Contains("Probe freezer: the network could not be put back", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoOptimizer_SkipsProbesThatNeedOne()
    {
        ProbeContext trained = Labelled(TinyNet.Create(), 3, [.. Loader().Epoch(0)]);

        Assert.All(
            ProbeCatalog.BuiltIn,
            p => Assert.True(!p.NeedsOptimizer || ProbeRunner.Run(p, trained).Count == 0, p.Name)
        );
        Assert.NotEmpty(ProbeRunner.Run(new MixingProbe(), trained));
    }

    /// <summary>Says that a unit of the only activation is dead, so that reviving has something to look at.</summary>
    private static ProbeContext WithDeadUnits(ProbeContext context)
    {
        Graph graph = Graph.Trace(context.Model, [1, 8, 8]);
        string relu = graph.Nodes.Single(n => n.Operator.Name == "ReLU").Name;
        ((BatchNorm2d)context.Model.NamedModules().Single(m => m.Path == "norm").Module).Bias!.AsSpan<float>()[0] =
            -50f;
        return new ProbeContext
        {
            Model = context.Model,
            Optimizer = context.Optimizer,
            Loss = context.Loss,
            Classes = context.Classes,
            Current = context.Current,
            Train = context.Train,
            HeldOut = context.HeldOut,
            Coming = context.Coming,
            Step = context.Step,
            Seed = context.Seed,
            Measured = new Measurements
            {
                Run = new MeasuredRun
                {
                    Model = "tiny",
                    Optimizer = "adam",
                    ClipNorm = 1,
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

    /// <summary>Changes all that a probe may change.</summary>
    private sealed class Vandal(bool fails = false) : Probe
    {
        public override string Name => "vandal";

        public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
        {
            context.Model.To(DType.Float64);
            context.Model.Initialize(99);
            foreach ((_, StateBuffer buffer) in context.Model.NamedBuffers())
            {
                buffer.Fill(7);
            }

            foreach (Parameter parameter in context.Model.Parameters())
            {
                parameter.RequiresGrad = !parameter.RequiresGrad;
                parameter.Grad = Tensor.Ones(parameter.Shape, parameter.DType);
            }

            context.Optimizer!.LearningRate = 5;
            context.Optimizer.Step();
            context.Model.NamedModules().Last().Module.Eval();
            return fails ? throw new TimeoutException("the probe fails") : [];
        }
    }

    private sealed class Freezer : Probe
    {
        public override string Name => "freezer";

        public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
        {
            context.Model.Freeze();
            return [];
        }
    }

    /// <summary>All that decides what training does next, read without the runner's own sum.</summary>
    private sealed record Snapshot(
        Dictionary<string, string> Tensors,
        IReadOnlyDictionary<string, RngState> Random,
        bool[] Modes,
        double Rate
    )
    {
        public static Snapshot Of(ProbeContext context)
        {
            Dictionary<string, string> tensors = [];
            foreach ((string path, Tensor tensor) in context.Model.StateDict())
            {
                tensors.Add(path, Bits(tensor));
            }

            foreach ((string path, Parameter parameter) in context.Model.NamedParameters())
            {
                tensors.Add($"{path} gradient {parameter.RequiresGrad}", parameter.Grad is { } g ? Bits(g) : "");
            }

            foreach ((string name, Tensor tensor) in context.Optimizer!.StateDict())
            {
                tensors.Add($"optimizer {name}", Bits(tensor));
            }

            return new Snapshot(
                tensors,
                SessionCheckpoint.RandomStates(context.Model),
                [.. context.Model.NamedModules().Select(m => m.Module.IsTraining)],
                context.Optimizer.LearningRate
            );
        }

        public void AssertSame(Snapshot after)
        {
            Assert.Equal(Tensors, after.Tensors);
            Assert.Equal(Random, after.Random);
            Assert.Equal(Modes, after.Modes);
            Assert.Equal(Rate, after.Rate);
        }

        private static string Bits(Tensor tensor) =>
            $"{tensor.DType} {Convert.ToHexString([.. tensor.ToArray<double>().SelectMany(BitConverter.GetBytes)])}";
    }
}
