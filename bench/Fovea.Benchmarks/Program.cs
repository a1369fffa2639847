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
    case "step":
        TrainingStepSpeed.Run();
        break;
    default:
        Console.WriteLine("usage: conv (convolution kernels) | tiles (tile kernels against the peak) | step (whole training steps)");
        break;
}
