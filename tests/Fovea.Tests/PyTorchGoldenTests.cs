using System.Text.Json.Nodes;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Layers and training runs against the numbers of tests/golden/training.json, made by PyTorch with the script
/// beside it.</summary>
public sealed class PyTorchGoldenTests
{
    private static readonly JsonNode Golden = JsonNode.Parse(
        File.ReadAllText(Path.Combine(TestData.Root, "tests", "golden", "training.json"))
    )!;

    public static TheoryData<string> LayerNames => [.. Layers.Keys];

    private static Dictionary<string, Func<Module>> Layers =>
        new()
        {
            ["conv2d_dilated_grouped"] = () =>
                new Conv2d(4, 6, (3, 2), stride: (2, 1), padding: (2, 1), dilation: (2, 1), groups: 2),
            ["conv2d_reflect"] = () => new Conv2d(2, 3, 3, padding: 2, paddingMode: PaddingMode.Reflect),
            ["conv2d_circular"] = () => new Conv2d(2, 3, 3, padding: 1, paddingMode: PaddingMode.Circular),
            ["conv2d_replicate"] = () => new Conv2d(2, 3, 3, padding: 2, paddingMode: PaddingMode.Replicate),
            ["conv1d_same"] = () => new Conv1d(3, 4, 8, padding: Padding.Same),
            ["conv3d"] = () => new Conv3d(2, 3, 3, stride: 2, padding: 1),
            ["conv_transpose2d"] = () => new ConvTranspose2d(3, 4, 3, stride: 2, padding: 1, outputPadding: 1),
            ["conv_transpose1d"] = () =>
                new ConvTranspose1d(4, 6, 4, stride: 3, padding: 1, groups: 2, dilation: 2, outputPadding: 1),
        };

    [Theory, MemberData(nameof(LayerNames))]
    public void Forward_LayerWithPyTorchsWeights_GivesItsOutputsAndGradients(string name)
    {
        Module layer = Layers[name]();
        int index = 0;
        foreach (Parameter parameter in layer.Parameters())
        {
            parameter.CopyFrom(Rule(parameter.Shape, 0.3, 0.5 + (0.4 * index++)));
        }

        JsonNode golden = Golden["layers"]![name]!;
        Tensor x = Rule(Shape.Create(Ints(golden["input"]!)), 1.0, 0.2);
        x.RequiresGrad = true;
        Tensor y = layer.Forward(x);
        Assert.Equal(Ints(golden["shape"]!), y.Shape.Sizes.ToArray());
        y.Backward(Rule(y.Shape, 1.0, 0.9));
        AssertClose($"{name} output", Numbers(golden["output"]!), y, 2e-6);
        AssertClose($"{name} dx", Numbers(golden["dx"]!), x.Grad!, 2e-6);
        int p = 0;
        foreach ((string path, Parameter parameter) in layer.NamedParameters())
        {
            AssertClose($"{name} gradient of {path}", Numbers(golden["parameters"]![p++]!), parameter.Grad!, 2e-5);
        }
    }

    [Theory, InlineData("sgd"), InlineData("adam")]
    public void Training_TwentySteps_FollowsPyTorch(string name)
    {
        JsonNode golden = Golden[name]!;
        Net net = new(bias: name == "sgd");
        int index = 0;
        foreach ((string path, Parameter parameter) in net.NamedParameters())
        {
            double shift = 0.3 * index++;
            parameter.CopyFrom(
                path.StartsWith("bn", StringComparison.Ordinal) && path.EndsWith("weight", StringComparison.Ordinal)
                    ? Tensor.Ones(parameter.Shape)
                    : Rule(parameter.Shape, 0.2, shift)
            );
        }

        Optimizer optimizer =
            name == "sgd"
                ? new SGD(
                    [new ParameterGroup(net.Parameters()) { WeightDecay = 1e-3 }],
                    0.05,
                    momentum: 0.9,
                    nesterov: true
                )
                : new Adam(net, 0.01);
        CrossEntropy loss = new(labelSmoothing: 0.1);
        double[] expected = Numbers(golden["losses"]!);
        for (int step = 0; step < expected.Length; step++)
        {
            Tensor x = Rule([16, 1, 16, 16], 1.0, 0.11 * step);
            Tensor y = Tensor.From<long>([.. Enumerable.Range(0, 16).Select(i => ((3L * i) + step) % 5)], [16]);
            optimizer.ZeroGrad();
            Tensor value = loss.Forward(net.Forward(x), y);
            value.Backward();
            optimizer.Step();
            Assert.True(
                Math.Abs(value.Item() - expected[step]) <= 1e-3 * Math.Abs(expected[step]),
                $"{name} step {step}: loss {value.Item():R}, PyTorch {expected[step]:R}"
            );
        }

        foreach ((string path, Tensor tensor) in net.StateDict())
        {
            JsonNode state = golden["state"]![path]!;
            double absolute = tensor.ToArray<double>().Sum(Math.Abs);
            Assert.True(
                Math.Abs(absolute - (double)state["abs"]!) <= 2e-3 * (double)state["abs"]! + 1e-6,
                $"{name} {path}: sum of magnitudes {absolute:R}, PyTorch {(double)state["abs"]!:R}"
            );
        }

        net.Eval();
        AssertClose(
            $"{name} logits in evaluation",
            Numbers(golden["evalLogits"]!),
            NoGrad.Run(() => net.Forward(Rule([4, 1, 16, 16], 1.0, 5.0))),
            2e-2
        );
    }

    private static Tensor Rule(Shape shape, double scale, double shift) =>
        Tensor.From<float>(
            [.. Enumerable.Range(0, (int)shape.Count).Select(i => (float)(scale * Math.Sin((0.7 * i) + shift)))],
            shape
        );

    private static void AssertClose(string what, double[] expected, Tensor actual, double tolerance)
    {
        double[] values = actual.ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        double largest = expected.Max(Math.Abs) + 1e-12;
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(
                Math.Abs(values[i] - expected[i]) <= tolerance * largest,
                $"{what}[{i}]: {values[i]:R}, PyTorch {expected[i]:R}"
            );
        }
    }

    private static int[] Ints(JsonNode node) => [.. node.AsArray().Select(v => (int)v!)];

    private static double[] Numbers(JsonNode node) => [.. node.AsArray().Select(v => (double)v!)];

    /// <summary>The network of the script.</summary>
    private sealed class Net(bool bias) : Module
    {
        private readonly Conv2d _conv1 = new(1, 8, 3, padding: 1, bias: bias);
        private readonly BatchNorm2d _bn1 = new(8);
        private readonly Conv2d _conv2 = new(8, 12, 3, stride: 2, padding: 1, groups: 2, bias: bias);
        private readonly BatchNorm2d _bn2 = new(12);
        private readonly Linear _fc = new(12 * 4 * 4, 5);
        private readonly MaxPool2d _pool = new(2);

        public override Tensor Forward(Tensor x)
        {
            x = _pool.Forward(_bn1.Forward(_conv1.Forward(x)).Relu());
            return _fc.Forward(_bn2.Forward(_conv2.Forward(x)).Relu().Flatten(1));
        }
    }
}
