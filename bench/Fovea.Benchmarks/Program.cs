using Fovea.Benchmarks;

switch (args.FirstOrDefault())
{
    case "conv":
        ConvolutionSpeed.Run();
        break;
    case "step":
        TrainingStepSpeed.Run();
        break;
    default:
        Console.WriteLine("usage: conv (convolution kernels) | step (whole training steps)");
        break;
}
