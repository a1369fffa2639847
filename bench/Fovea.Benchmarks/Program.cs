using System.Globalization;
using Fovea.Benchmarks;
using Fovea.Models;

switch (args.FirstOrDefault())
{
    case "conv":
        ConvolutionSpeed.Run();
        break;
    case "tiles":
        TileSpeed.Run();
        break;
    case "layers" when args.Length % 2 == 1:
        LayerSpeed.Run(Option("--filter") ?? "", int.Parse(Option("--cold") ?? "64", CultureInfo.InvariantCulture), Option("--markdown"));
        break;
    case "maps":
        MapSpeed.Run();
        break;
    case "step":
        TrainingStepSpeed.Run();
        break;
    case "peer" when args.Length == 4:
        PeerSession.Run(args[1], args[2], args[3]);
        break;
    case "zoo":
        foreach (ModelEntry entry in ModelRegistry.Entries)
        {
            Console.WriteLine($"{entry.Name} {string.Join('x', entry.Input.Sizes.ToArray())}");
        }

        break;
    default:
        Console.WriteLine("""
            usage: conv (convolution kernels)
                   tiles (tile kernels against the peak)
                   layers [--filter TEXT] [--cold MB] [--markdown FILE] (single layers of known networks against the peak, memory warm and cold)
                   maps (functions of elements at every vector width)
                   step (whole training steps)
                   peer MODEL WEIGHTS CxHxW (driven by bench/peers)
                   zoo (names of the zoo, with the items they are designed for)
            """);
        break;
}

string? Option(string name) => Array.IndexOf(args, name) is > 0 and int at ? args[at + 1] : null;
