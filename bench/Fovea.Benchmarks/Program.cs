using Fovea.Benchmarks;

switch (args.FirstOrDefault())
{
    case "conv":
        ConvolutionSpeed.Run();
        break;
    default:
        Console.WriteLine("usage: conv");
        break;
}
