namespace Fovea.Models.Tests;

/// <summary>A compiled training step of every network of the zoo against the same step run node by node.</summary>
/// <remarks>A ReLU whose input is 0 but for rounding lets a gradient through in one way and not in the other: then gradients
/// differ by some thousandths, in deep networks by more. So of a few drawn inputs one must agree to rounding, and all must
/// agree roughly.</remarks>
public sealed class CompiledStepZooTests
{
    private const int Items = 6,
        Draws = 4;

    private const double Rounding = 5e-4,
        Flipped = 0.3;

    /// <summary>Networks of so many ReLUs that one is near 0 with almost every input.</summary>
    private static readonly string[] Deep =
    [
        "regnet_x_3_2gf",
        "regnet_y_1_6gf",
        "resnet101",
        "resnet110",
        "resnet152",
        "resnet200",
        "resnext101_32x8d",
        "wide_resnet50_2",
        "wide_resnet101_2",
    ];

    public static TheoryData<string> Names => [.. ModelRegistry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_AStep_EqualsTheInterpreter(string name)
    {
        ModelEntry entry = ModelRegistry.Find(name).Entry;
        (string text, Shape item) = ZooSteps.Small(name, entry);
        Module expected = ModelRegistry.Create(text, item).Model,
            actual = ModelRegistry.Create(text, item).Model;
        TrainingGraph step = ZooSteps.OfClasses(expected, item);
        CompiledTrainingStep compiled = new(ZooSteps.OfClasses(actual, item));
        bool isDeep = Deep.Contains(name);
        double least = double.MaxValue;
        for (int draw = 0; draw < (isDeep ? 1 : Draws) && least > Rounding; draw++)
        {
            expected.Initialize((ulong)draw);
            actual.Initialize((ulong)draw);
            Tensor x = Tensor.Normal(Shape.Create([Items, .. item.Sizes]), rng: new Rng((ulong)draw)),
                labels = Tensor.From<long>([.. Enumerable.Range(0, Items).Select(i => i % 7L)], [Items]);
            double loss = step.Run([x], [labels]).Loss.Item(),
                got = compiled.Run([x], [labels]).Loss.Item(),
                apart = Apart(expected, actual);
            least = Math.Min(least, apart);
            Assert.True(
                Math.Abs(loss - got) < 1e-3 * loss && apart < Flipped,
                $"{text}, draw {draw}: the loss is {got} instead of {loss}, the gradient {apart:E1} of its length away"
            );
            RequireNearStates(expected, actual, text, isDeep ? 1e-2 : 1e-3);
        }

        Assert.True(
            least < (isDeep ? Flipped : Rounding),
            $"{text}: in {Draws} draws the gradient was never nearer than {least:E1} of its length"
        );
    }

    private static void RequireNearStates(Module expected, Module actual, string text, double allowed)
    {
        foreach (
            ((string path, StateBuffer a), (_, StateBuffer b)) in expected.NamedBuffers().Zip(actual.NamedBuffers())
        )
        {
            double[] from = a.ToArray<double>(),
                to = b.ToArray<double>();
            double length = Math.Sqrt(from.Sum(v => v * v)),
                apart = Math.Sqrt(from.Zip(to, (p, q) => (p - q) * (p - q)).Sum());
            Assert.True(apart <= allowed * (1e-3 + length), $"{text}: the state {path} is {apart / length:E1} away");
        }
    }

    /// <summary>The length of the difference of two gradients, as a part of the first.</summary>
    private static double Apart(Module expected, Module actual)
    {
        (double difference, double length) = (0, 0);
        foreach (
            ((string path, Parameter a), (_, Parameter b)) in expected.NamedParameters().Zip(actual.NamedParameters())
        )
        {
            Assert.True((a.Grad is null) == (b.Grad is null), $"{path} has a gradient in one way");
            double[] from = a.Grad?.ToArray<double>() ?? [],
                to = b.Grad?.ToArray<double>() ?? [];
            difference += from.Zip(to, (p, q) => (p - q) * (p - q)).Sum();
            length += from.Sum(v => v * v);
        }

        return Math.Sqrt(difference / length);
    }
}
