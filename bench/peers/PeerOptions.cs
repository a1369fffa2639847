using System.Globalization;

namespace Fovea.Peers;

/// <summary>What the command line asks for.</summary>
internal sealed record PeerOptions
{
    private const string Usage = """
        usage: dotnet run -c Release --project bench/peers -- infer|train|steps [NETWORK...] [options]
          steps         training steps of six networks at their own sizes and batches: resnet20 resnet18 mobilenet_v2
                        vgg11_bn resnet_ts inception_time
          NETWORK       resnet18 resnet50 mobilenet_v2 efficientnet_b0; left out: all four
          --threads N   1 by default
          --batch N     items: 1 to infer, 8 to train by default
          --size N      side of the images: 224 to infer, 96 to train by default
          --rounds N    turns of each engine, 5 by default; 0: only results are compared
          --seconds S   of a turn, 1 by default; three runs at least
        """;

    /// <summary>Whether training steps are compared.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>Whether each network has its own size and batch.</summary>
    public bool HasOwnSizes { get; init; }

    /// <summary>The networks.</summary>
    public required IReadOnlyList<string> Networks { get; init; }

    /// <summary>Threads of each engine.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Items in a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Side of the images.</summary>
    public required int Size { get; init; }

    /// <summary>Turns of each engine.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Of a turn.</summary>
    public double Seconds { get; init; } = 1.0;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message tells what there is.</exception>
    public static PeerOptions Parse(string[] args)
    {
        if (args is not [("infer" or "train" or "steps") and var mode, .. var rest])
        {
            throw new ArgumentException(Usage);
        }

        bool train = mode != "infer",
            own = mode == "steps";
        List<string> names = [];
        PeerOptions options = new()
        {
            IsTraining = train,
            HasOwnSizes = own,
            Networks = names,
            Batch = train ? 8 : 1,
            Size = train ? 96 : 224,
        };
        for (int i = 0; i < rest.Length; i++)
        {
            if (own ? PeerNetwork.Steps.Any(s => s.Network == rest[i]) : PeerNetwork.Names.Contains(rest[i]))
            {
                names.Add(rest[i]);
                continue;
            }

            string value = i + 1 < rest.Length ? rest[i + 1] : throw new ArgumentException($"{rest[i]}?\n{Usage}");
            options = options.With(rest[i++], value);
        }

        return names.Count > 0
            ? options
            : options with
            {
                Networks = own ? [.. PeerNetwork.Steps.Select(s => s.Network)] : PeerNetwork.Names,
            };
    }

    /// <summary>The shape of an item of a network, and items in a batch.</summary>
    public (Shape Item, int Batch) SizesOf(string network)
    {
        if (!HasOwnSizes)
        {
            return ([3, Size, Size], Batch);
        }

        (_, int[] item, int batch) = PeerNetwork.Steps.First(s => s.Network == network);
        return (Shape.Create(item), batch);
    }

    private PeerOptions With(string option, string text)
    {
        int Number(int least) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
                ? number
                : throw new ArgumentException($"{option}: a whole number, {least} or more, got '{text}'.");
        return option switch
        {
            "--threads" => this with { Threads = Number(1) },
            "--batch" => this with { Batch = Number(1) },
            "--size" => this with { Size = Number(32) },
            "--rounds" => this with { Rounds = Number(0) },
            "--seconds" => double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) && seconds > 0
                ? this with
                {
                    Seconds = seconds,
                }
                : throw new ArgumentException($"--seconds: a number above 0, got '{text}'."),
            _ => throw new ArgumentException($"{option}?\n{Usage}"),
        };
    }
}
