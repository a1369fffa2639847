using Fovea.Graphs;
using Fovea.Models;

namespace Fovea.Peers;

/// <summary>The networks that are compared.</summary>
internal static class PeerNetwork
{
    /// <summary>Networks whose inference is compared where none is named.</summary>
    public static IReadOnlyList<string> Inferences { get; } =
    [
        "vgg16",
        "resnet18",
        "resnet50",
        "mobilenet_v2",
        "efficientnet_b0",
        "mobilenet_v3_small",
        "resnet_ts",
        "inception_time",
    ];

    /// <summary>Networks whose training steps on small images are compared where none is named.</summary>
    public static IReadOnlyList<string> Trainings { get; } =
    ["resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0"];

    /// <summary>The rows of training steps that are compared: network, shape of an item, items.</summary>
    public static IReadOnlyList<(string Network, int[] Item, int Batch)> Steps { get; } =
    [
        ("resnet20", [1, 28, 28], 128),
        ("resnet18", [3, 224, 224], 16),
        ("mobilenet_v2", [3, 224, 224], 16),
        ("vgg11_bn", [3, 64, 64], 32),
        ("resnet_ts", [1, 512], 64),
        ("inception_time", [1, 512], 64),
    ];

    private const double ResidualScale = 0.2;
    private const int Items = 4,
        ImageSide = 96,
        SeriesLength = 256,
        Batches = 2;

    /// <summary>A network whose normalizations are not those of a new one, so that folding them is put to the test: scales
    /// and shifts are drawn, and the running statistics are those of the network's own signals, so that these neither vanish
    /// nor explode and outputs depend on inputs.</summary>
    /// <param name="name">Of the zoo.</param>
    /// <param name="item">The shape of an item.</param>
    /// <returns>The network in evaluation. Equal for equal arguments.</returns>
    public static Module Create(string name, Shape item)
    {
        Module module = ModelRegistry.Create(name, item).Model;
        Rng rng = new(1);
        BatchNorm[] norms = [.. module.NamedModules().Select(m => m.Module).OfType<BatchNorm>()];
        HashSet<Parameter> residual = [.. Residual(Graph.Trace(module, item))];
        foreach (BatchNorm norm in norms)
        {
            double scale = residual.Contains(norm.Weight!) ? ResidualScale : 1;
            norm.Weight!.CopyFrom(Tensor.Uniform(norm.Weight.Shape, 0.5 * scale, 1.5 * scale, rng: rng));
            norm.Bias!.CopyFrom(Tensor.Normal(norm.Bias.Shape, 0.0, 0.1, rng: rng));
        }

        int most = item.Rank == 3 ? ImageSide : SeriesLength;
        Shape batch = Shape.Create([Items, item[0], .. item.Sizes[1..].ToArray().Select(s => Math.Min(s, most))]);
        Learning(module);
        using (NoGrad.Enter())
        {
            for (int i = 0; norms.Length > 0 && i < Batches; i++)
            {
                module.Forward(Tensor.Normal(batch, rng: rng));
            }

            foreach (BatchNorm norm in norms)
            {
                LeaveStart(norm);
            }
        }

        return module.Eval();
    }

    /// <summary>Puts a network into training, but for its dropouts: masks drawn by two generators cannot be compared.</summary>
    public static void Learning(Module module)
    {
        module.Train();
        foreach (RandomDrop drop in module.NamedModules().Select(m => m.Module).OfType<RandomDrop>())
        {
            drop.Eval();
        }
    }

    /// <summary>The scales of normalizations whose result is added to what passes a block by.</summary>
    /// <remarks>As large as the others, they would make rounding grow from block to block: engines are then 1e-3 of the
    /// largest output apart at ResNet-200.</remarks>
    private static IEnumerable<Parameter> Residual(Graph graph) =>
        graph
            .Nodes.Where(n =>
                n.Operator.Attributes is BatchNormAttributes
                && n.Output.Consumers is [{ Operator.Name: "Add" } sum]
                && sum.Inputs.Any(i => i.Producer?.Operator.Attributes is not BatchNormAttributes)
            )
            .Select(n => n.Inputs[1].Parameter!);

    /// <summary>Takes what is left of the first values, mean 0 and variance 1, out of running statistics: after n batches
    /// they are (1 - momentum)^n of a running value, and the batches the rest.</summary>
    private static void LeaveStart(BatchNorm norm)
    {
        if (norm is { Momentum: { } momentum, RunningMean: { } mean, RunningVariance: { } variance })
        {
            double start = Math.Pow(1 - momentum, Batches);
            mean.CopyFrom(mean * (1 / (1 - start)));
            variance.CopyFrom((variance - start) * (1 / (1 - start)));
        }
    }
}
