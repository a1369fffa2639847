using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>A convolution to measure, written as oneDNN's benchdnn writes it, e.g.
/// <c>g32mb1ic32ih112oc32oh112kh3ph1n"mobilenet:conv2_1/dw"</c>.</summary>
/// <param name="Section">The section of the list it stands in.</param>
/// <param name="Text">Its sizes as they were written.</param>
/// <param name="Name">The name as it was written.</param>
/// <param name="Geometry">The sizes.</param>
internal sealed partial record ConvolutionProblem(
    string Section,
    string Text,
    string Name,
    ConvolutionGeometry Geometry
)
{
    /// <summary>The problems of <c>problems.txt</c>, in its order.</summary>
    public static IEnumerable<ConvolutionProblem> All()
    {
        using StreamReader list = new(Assembly.GetExecutingAssembly().GetManifestResourceStream("problems.txt")!);
        string section = "";
        while (list.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
            {
                section = line.Trim('[', ']');
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                yield return Parse(section, line);
            }
        }
    }

    /// <summary>Whether section, sizes or name hold a text.</summary>
    public bool Matches(string text) => $"[{Section}] {Text}n\"{Name}\"".Contains(text, StringComparison.Ordinal);

    /// <summary>Reads one problem. A stride left out is 1, padding and dilation 0; padding behind follows from the
    /// output's size. Without <c>iw</c> an image is square, without <c>ih</c> it is a series.</summary>
    /// <exception cref="FormatException">It is not written so, a size is missing, or the sizes contradict each
    /// other.</exception>
    public static ConvolutionProblem Parse(string section, string text)
    {
        Match match = Problem().Match(text);
        if (!match.Success)
        {
            throw new FormatException(
                $"{text}: not a convolution problem, such as mb1ic64ih56oc64oh56kh3ph1n\"name\"."
            );
        }

        Dictionary<string, int> sizes = [];
        for (int i = 0; i < match.Groups["key"].Captures.Count; i++)
        {
            sizes[match.Groups["key"].Captures[i].Value] = int.Parse(
                match.Groups["size"].Captures[i].Value,
                CultureInfo.InvariantCulture
            );
        }

        WindowAxis height = Axis(text, sizes, 'h'),
            width = sizes.ContainsKey("iw") ? Axis(text, sizes, 'w') : height;
        ConvolutionGeometry g = new(
            sizes.GetValueOrDefault("mb", 1),
            Size(text, sizes, "ic"),
            Size(text, sizes, "oc"),
            sizes.GetValueOrDefault("g", 1),
            Axis(text, sizes, 'd'),
            height,
            width,
            PaddingMode.Zeros
        );
        string name = match.Groups["name"].Value;
        return new ConvolutionProblem(section, text[..^(name.Length + 3)], name, g);
    }

    private static WindowAxis Axis(string text, Dictionary<string, int> sizes, char axis)
    {
        if (!sizes.ContainsKey($"i{axis}"))
        {
            return WindowAxis.None;
        }

        WindowAxis window = new(
            Size(text, sizes, $"i{axis}"),
            Size(text, sizes, $"k{axis}"),
            sizes.GetValueOrDefault($"s{axis}", 1),
            sizes.GetValueOrDefault($"d{axis}") + 1,
            sizes.GetValueOrDefault($"p{axis}"),
            sizes.GetValueOrDefault($"p{axis}")
        );
        if (!sizes.TryGetValue($"o{axis}", out int output))
        {
            return window;
        }

        window = window with
        {
            PadAfter = Math.Max(0, ((output - 1) * window.Stride) + window.Extent - window.In - window.PadBefore),
        };
        return window.Out == output
            ? window
            : throw new FormatException($"{text}: o{axis} is {output}, but the window gives {window.Out}.");
    }

    private static int Size(string text, Dictionary<string, int> sizes, string key) =>
        sizes.TryGetValue(key, out int size) ? size : throw new FormatException($"{text}: {key} is missing.");

    [GeneratedRegex("^(?:(?<key>g|mb|ic|oc|[iokspd][dhw])(?<size>[0-9]+)_?)+n\"(?<name>[^\"]*)\"$")]
    private static partial Regex Problem();
}
