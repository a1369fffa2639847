using System.Globalization;
using Fovea.Models;

namespace Fovea.Peers;

/// <summary>What is compared.</summary>
internal enum PeerMode
{
    /// <summary>Inference.</summary>
    Infer,

    /// <summary>Training steps, all on images of one size.</summary>
    Train,

    /// <summary>Training steps, each network at its own size and batch.</summary>
    Steps,

    /// <summary>Peak memory of these.</summary>
    Memory,
}

/// <summary>What the command line asks for.</summary>
internal sealed record PeerOptions
{
    private const string Usage = """
        usage: dotnet run -c Release --project bench/peers -- infer|train|steps|memory [NETWORK...] [options]
          infer           inference of networks of the zoo, each at its own size; none named: vgg16 resnet18 resnet50
                          mobilenet_v2 efficientnet_b0 mobilenet_v3_small resnet_ts inception_time
          train           training steps on small images; none named: resnet18 resnet50 mobilenet_v2 efficientnet_b0
          steps           training steps at own sizes and batches, of resnet20 resnet18 mobilenet_v2 vgg11_bn resnet_ts
                          inception_time
          memory          peak memory of those steps, each engine in a process of its own
          --zoo           of infer: every network of the zoo, beside ONNX Runtime alone
          --threads N,..  1 by default; each combination of threads and batch is a row
          --batch N,..    items: 1 to infer, 8 to train by default
          --size N        side of the images: by default the network's own to infer, 96 to train
          --rounds N      turns of each engine, 5 by default; 0: only results are compared
          --seconds S     of a turn, 1 by default; three runs at least
          --bar R         counts and names the rows whose ratio of medians is below R; 1 by default
          --must          exit code 1 when a row is below its bar (Bars.cs)
          --without-torch leaves libtorch out of infer
          --layers        of infer: instead, the steps of Fovea and the nodes of ONNX Runtime that take longest
          --write FILE    also puts the table into FILE, between the lines <!-- infer-512:begin --> and
                          <!-- infer-512:end -->: infer, zoo, train or steps, and the bits of a vector
        """;

    /// <summary>What is compared.</summary>
    public required PeerMode Mode { get; init; }

    /// <summary>Whether training steps are compared.</summary>
    public bool IsTraining => Mode != PeerMode.Infer;

    /// <summary>The networks; none for the usual ones.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Whether all networks of the zoo are compared.</summary>
    public bool IsZoo { get; init; }

    /// <summary>Threads of each engine.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1];

    /// <summary>Items in a batch; null for the usual.</summary>
    public IReadOnlyList<int>? Batches { get; init; }

    /// <summary>Side of the images; null for the usual.</summary>
    public int? Size { get; init; }

    /// <summary>Turns of each engine.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Of a turn.</summary>
    public double Seconds { get; init; } = 1.0;

    /// <summary>The ratio below which rows are counted and named.</summary>
    public double Bar { get; init; } = 1.0;

    /// <summary>Whether single layers are measured instead of whole networks.</summary>
    public bool HasLayers { get; init; }

    /// <summary>Whether a row below its bar is a failure.</summary>
    public bool IsMust { get; init; }

    /// <summary>Whether libtorch's inference is measured.</summary>
    public bool HasTorch { get; init; } = true;

    /// <summary>The one engine whose memory this process measures; null to start a process for each.</summary>
    public string? Engine { get; init; }

    /// <summary>The document that the table is put into; null for none.</summary>
    public string? Document { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message tells what there is.</exception>
    public static PeerOptions Parse(string[] args)
    {
        if (args.Length == 0 || !TryMode(args[0], out PeerMode mode))
        {
            throw new ArgumentException(Usage);
        }

        PeerOptions options = new() { Mode = mode };
        for (int i = 1; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
            {
                options = options with { Networks = [.. options.Networks, options.Known(args[i])] };
            }
            else if (options.Flag(args[i]) is { } flagged)
            {
                options = flagged;
            }
            else
            {
                string value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]}?\n{Usage}");
                options = options.With(args[i++], value);
            }
        }

        return options;
    }

    /// <summary>The rows, in order.</summary>
    public IEnumerable<Case> Cases()
    {
        IReadOnlyList<string> networks = (Networks.Count, Mode) switch
        {
            (> 0, _) => Networks,
            (_, PeerMode.Steps or PeerMode.Memory) => [.. PeerNetwork.Steps.Select(s => s.Network)],
            (_, PeerMode.Train) => PeerNetwork.Trainings,
            _ => IsZoo ? ModelRegistry.Names : PeerNetwork.Inferences,
        };
        return from network in networks
            from batch in BatchesOf(network)
            from threads in Threads
            select new Case(network, ItemOf(network), batch, threads);
    }

    private static bool TryMode(string text, out PeerMode mode)
    {
        int at = Array.IndexOf(["infer", "train", "steps", "memory"], text);
        mode = (PeerMode)at;
        return at >= 0;
    }

    private IReadOnlyList<int> BatchesOf(string network) =>
        Mode switch
        {
            PeerMode.Steps or PeerMode.Memory => [PeerNetwork.Steps.First(s => s.Network == network).Batch],
            PeerMode.Train => Batches ?? [8],
            _ => Batches ?? [1],
        };

    private Shape ItemOf(string network)
    {
        if (Mode is PeerMode.Steps or PeerMode.Memory)
        {
            return Shape.Create(PeerNetwork.Steps.First(s => s.Network == network).Item);
        }

        Shape item = ModelRegistry.UsualItem(network);
        int? side = Size ?? (Mode == PeerMode.Train ? 96 : null);
        return item.Rank == 3 && side is { } asked ? [item[0], asked, asked] : item;
    }

    private string Known(string network)
    {
        IReadOnlyList<string> known = Mode is PeerMode.Steps or PeerMode.Memory
            ? [.. PeerNetwork.Steps.Select(s => s.Network)]
            : ModelRegistry.Names;
        return known.Contains(network)
            ? network
            : throw new ArgumentException($"No network '{network}' here; there are {string.Join(' ', known)}.");
    }

    private PeerOptions? Flag(string option) =>
        option switch
        {
            "--zoo" when Mode == PeerMode.Infer => this with { IsZoo = true, HasTorch = false },
            "--layers" when Mode == PeerMode.Infer => this with { HasLayers = true },
            "--must" => this with { IsMust = true },
            "--without-torch" when Mode == PeerMode.Infer => this with { HasTorch = false },
            _ => null,
        };

    private PeerOptions With(string option, string text)
    {
        int Number(string part, int least) =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
                ? number
                : throw new ArgumentException($"{option}: a whole number, {least} or more, got '{part}'.");
        int[] Numbers() => [.. text.Split(',').Select(part => Number(part, 1))];
        double Positive() =>
            double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number > 0
                ? number
                : throw new ArgumentException($"{option}: a number above 0, got '{text}'.");
        return option switch
        {
            "--threads" => this with { Threads = Numbers() },
            "--batch" when Mode is not (PeerMode.Steps or PeerMode.Memory) => this with { Batches = Numbers() },
            "--size" when Mode is not (PeerMode.Steps or PeerMode.Memory) => this with { Size = Number(text, 32) },
            "--rounds" => this with { Rounds = Number(text, 0) },
            "--seconds" => this with { Seconds = Positive() },
            "--bar" => this with { Bar = Positive() },
            "--engine" when Mode == PeerMode.Memory => this with { Engine = text },
            "--write" => this with { Document = text },
            _ => throw new ArgumentException($"{option}?\n{Usage}"),
        };
    }
}
