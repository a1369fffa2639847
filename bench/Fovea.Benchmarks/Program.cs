using Fovea.Benchmarks;
#if !NATIVE
using Fovea.Benchmarks.Kernels;
#endif

switch (args.FirstOrDefault())
{
    case "tiles":
        TileSpeed.Run();
        break;
    case "gradients":
        GradientSpeed.Run();
        break;
    case "products":
        ProductSpeed.Run();
        break;
    case "layers" when LayerOptions.Parse(args[1..]) is { } options:
        LayerSpeed.Run(options);
        break;
#if !NATIVE
    case "kernels":
        KernelBenchmarks.Run(args[1..]);
        break;
#endif
    case "step":
        TrainingStepSpeed.Run();
        break;
    case "passes":
        TrainingStepSpeed.Profile(args[1..]);
        break;
    case "flat":
        WorkingSet.Run(args[1..]);
        break;
    case "watch":
        WatchCost.Run(args[1..]);
        break;
    case "guard":
        GuardCost.Run(args[1..]);
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
            usage: tiles (tile kernels against the peak)
                   gradients (the gradients of convolutions against the peak)
                   products (the matrix products of linear layers against the peak)
                   layers [--filter TEXT] [--rounds N] [--cold MB] [--markdown FILE] (single layers of known networks against the peak, memory warm and cold)
                   kernels [--filter TEXT] (single kernels by BenchmarkDotNet: convolutions, functions of elements at every vector width, operators with their allocations)
                   step (whole training steps)
                   passes [MODEL [BATCH [SIDE [LONGEST]]]] (where the time of a compiled training step goes)
                   flat [MODEL [BATCH [STEPS]]] (whether memory stays the same over many training steps)
                   watch [MODEL [TURNS [UPDATES]]] (what the evidence costs that training collects)
                   guard [PAIRS [NETWORK]] (what it costs to look at every update for numbers that are not finite)
                   memory MODEL [--batch N] [--keep] [--json] (peak of a process that reads, compiles and runs a network, beside its weights and activations)
                   pictures [PHOTOGRAPH] (JPEG files a second through the loader, decoded, cut at random and resized)
            """
        );
        break;
}
