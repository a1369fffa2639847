using Fovea.Benchmarks;

switch (args.FirstOrDefault())
{
    case "conv":
        ConvolutionSpeed.Run();
        break;
    case "tiles":
        TileSpeed.Run();
        break;
    case "layers" when LayerOptions.Parse(args[1..]) is { } options:
        LayerSpeed.Run(options);
        break;
    case "maps":
        MapSpeed.Run();
        break;
    case "step":
        TrainingStepSpeed.Run();
        break;
    case "pictures":
        PictureSpeed.Run(args[1..]);
        break;
    case "memory" when args.Length > 1:
        MemoryUse.Run(args[1..]);
        break;
    case "memory-part" when args.Length > 1:
        MemoryUse.Part(args[1..]);
        break;
    default:
        Console.WriteLine(
            """
            usage: conv (convolution kernels)
                   tiles (tile kernels against the peak)
                   layers [--filter TEXT] [--rounds N] [--cold MB] [--markdown FILE] (single layers of known networks against the peak, memory warm and cold)
                   maps (functions of elements at every vector width)
                   step (whole training steps)
                   memory MODEL [--batch N] [--keep] [--json] (peak of a process that reads, compiles and runs a network, beside its weights and activations)
                   pictures [PHOTOGRAPH] (JPEG files a second through the loader, decoded, cut at random and resized)
            """
        );
        break;
}
