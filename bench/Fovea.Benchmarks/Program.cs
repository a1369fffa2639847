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
    case "blocked":
        BlockedSpeed.Run();
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
        Console.WriteLine("usage: conv (convolution kernels) | tiles (tile kernels against the peak) | step (whole training steps) | zoo (networks and the items they were designed for) | peer MODEL WEIGHTS CxHxW (driven by bench/peers/run.py)");
        break;
}
