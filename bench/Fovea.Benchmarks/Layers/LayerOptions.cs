using System.Globalization;

namespace Fovea.Benchmarks;

/// <summary>What <see cref="LayerSpeed"/> is asked for.</summary>
/// <param name="Filter">Only problems with this text in section, sizes or name.</param>
/// <param name="Rounds">How often all are measured; the fastest counts.</param>
/// <param name="ColdMegabytes">What the copies of a layer's memory take together.</param>
/// <param name="Markdown">A file to write the table to; null for none.</param>
internal sealed record LayerOptions(string Filter = "", int Rounds = 1, int ColdMegabytes = 64, string? Markdown = null)
{
    /// <summary>Reads <c>--name value</c> pairs; null where they are not understood.</summary>
    public static LayerOptions? Parse(string[] args)
    {
        LayerOptions? options = args.Length % 2 == 0 ? new() : null;
        for (int i = 0; i + 1 < args.Length && options is not null; i += 2)
        {
            bool isNumber = int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out int number) && number > 0;
            options = args[i] switch
            {
                "--filter" => options with { Filter = args[i + 1] },
                "--rounds" when isNumber => options with { Rounds = number },
                "--cold" when isNumber => options with { ColdMegabytes = number },
                "--markdown" => options with { Markdown = args[i + 1] },
                _ => null,
            };
        }

        return options;
    }
}
