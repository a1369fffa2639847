using Fovea.Graphs;
using Fovea.Models;

namespace Fovea.Peers;

/// <summary>The networks that are compared.</summary>
internal static class PeerNetwork
{
    /// <summary>Networks whose operators the peers' sides know.</summary>
    public static IReadOnlyList<string> Names { get; } = ["resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0"];

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

    private const int Items = 4,
        Side = 96,
        Batches = 20;

    /// <summary>A network whose normalizations are not those of a new one, so that folding them is put to the test: scales
    /// and shifts are drawn, and the running statistics are those of the network's own signals, so that these neither vanish
    /// nor explode and outputs depend on inputs.</summary>
    /// <param name="name">Of the zoo.</param>
    /// <returns>The network in evaluation. Equal for equal names.</returns>
    public static Module Create(string name)
    {
        Module module = ModelRegistry.Create(name).Model;
        Rng rng = new(1);
        foreach (BatchNorm norm in module.NamedModules().Select(m => m.Module).OfType<BatchNorm>())
        {
            norm.Weight!.CopyFrom(Tensor.Uniform(norm.Weight.Shape, 0.5, 1.5, rng: rng));
            norm.Bias!.CopyFrom(Tensor.Normal(norm.Bias.Shape, 0.0, 0.1, rng: rng));
        }

        Learning(module);
        using (NoGrad.Enter())
        {
            for (int i = 0; i < Batches; i++)
            {
                module.Forward(Tensor.Normal([Items, 3, Side, Side], rng: rng));
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
}
