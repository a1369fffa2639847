using Fovea.Benchmarks;

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
    case "maps":
        MapSpeed.Run();
        break;
    case "step":
        TrainingStepSpeed.Run();
        break;
    case "peer" when args.Length == 4:
        PeerSession.Run(args[1], args[2], args[3]);
        break;
    default:
        Console.WriteLine("usage: conv (convolution kernels) | tiles (tile kernels against the peak) | maps (functions of elements at every vector width) | step (whole training steps) | peer MODEL WEIGHTS CxHxW (driven by bench/peers/run.py)");
        break;
}
