namespace Fovea.Tests;

/// <summary>Attributes are written as text and read back.</summary>
public sealed class AttributeTextTests
{
    private const int Draws = 60;

    private static readonly Shape[] Inputs =
    [
        [2, 4, 6],
        [2, 4, 6, 6],
        [2, 4, 6, 6, 6],
    ];

    // What options of any kind are given as; an option keeps those that it can be.
    private static readonly string[] Candidates =
    [
        "true",
        "false",
        "0",
        "1",
        "2",
        "3",
        "0.5",
        "0.1",
        "1.0000000000000002",
        "-1",
        "2x1",
        "1x1",
        "1x2x3",
        "0+1",
        "same",
        "same-tensorflow",
        "causal",
        "reflect",
        "circular",
        "linear",
        "average",
        "1.5x2",
        "Float64",
        "Int64",
        "[N, 3, 2N]",
        "[]",
        "residual",
    ];

    public static TheoryData<int> Entries => [.. Enumerable.Range(0, OperatorCatalog.All.Count)];

    [Theory]
    [MemberData(nameof(Entries))]
    public void Write_Attributes_AreReadBackEqual(int index)
    {
        OperatorEntry entry = OperatorCatalog.All[index];
        if (entry is FunctionGradientEntry)
        {
            Assert.Empty(entry.Fields); // it is written by the entry of its function
            return;
        }

        Rng rng = new((ulong)index);
        int read = 0;
        HashSet<string> seen = [];
        for (int draw = 0; draw < Draws; draw++)
        {
            OptionContext context = new(Inputs[rng.Next(Inputs.Length)], rng.Next(2) == 0);
            if (Drawn(entry, context, rng) is not { } attributes)
            {
                continue;
            }

            read++;
            IReadOnlyList<OperatorOption> text = entry.Write(attributes);
            seen.Add(string.Join(' ', text));
            OptionReader reader = new(entry.Word, text);
            Assert.True(entry.IsMeantBy(reader), $"{entry.Word} {string.Join(' ', text)} means another entry");
            Assert.Equal(attributes, entry.Read(reader, context));
            reader.RequireAllKnown();
        }

        int own = entry.Fields.Count(f => f is not LayerField);
        Assert.True(read > 5 || own == 0, $"{entry.Word}: of {Draws} draws {read} could be read");
        Assert.True(seen.Count >= own, $"{entry.Word}: {own} options, but only {seen.Count} texts");
    }

    /// <summary>Attributes with some options drawn; of an operator where it can be made, as operators hold equal arguments as
    /// equal data.</summary>
    private static OperatorAttributes? Drawn(OperatorEntry entry, OptionContext context, Rng rng)
    {
        List<OperatorOption> options = [];
        foreach (OperatorField field in entry.Fields.Where(f => f is not LayerField))
        {
            if (field.IsRequired || rng.Next(3) > 0 || !entry.IsMeantBy(new OptionReader(entry.Word, options)))
            {
                string[] fitting = [.. Candidates.Where(c => Fits(entry, field.Name, c, context))];
                if (fitting.Length > 0)
                {
                    options.Add(new OperatorOption(field.Name, fitting[rng.Next(fitting.Length)]));
                }
            }
        }

        try
        {
            OptionReader reader = new(entry.Word, options);
            OperatorAttributes read = entry.Read(reader, context);
            return entry.CanMake && entry.IsMeantBy(reader) ? entry.Make(read).Attributes : read;
        }
        catch (Exception e) when (e is ArgumentException or ShapeException)
        {
            return null; // out of range, or not for this number of axes
        }
    }

    /// <summary>Whether an option can have a value, beside 1 for the others that must be given.</summary>
    private static bool Fits(OperatorEntry entry, string name, string value, OptionContext context)
    {
        OperatorOption[] options =
        [
            new(name, value),
            .. entry
                .Fields.Where(f => f.IsRequired && f.Name != name && f is not LayerField)
                .Select(f => new OperatorOption(f.Name, "1")),
        ];
        try
        {
            _ = entry.Read(new OptionReader(entry.Word, options), context);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or ShapeException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("conv", "stride", "x", "conv: stride must be one to three whole numbers such as 3 or 3x1, got 'x'.")]
    [InlineData("conv", "groups", "1.5", "conv: groups must be a whole number, got '1.5'.")]
    [InlineData(
        "conv",
        "padding",
        "same!",
        "conv: padding must be a number, 1x2, 0+1, same, same-tensorflow or causal, got 'same!'."
    )]
    [InlineData(
        "conv",
        "padding-mode",
        "0",
        "conv: padding-mode must be one of zeros, reflect, replicate, circular, got '0'."
    )]
    [InlineData("batchnorm", "epsilon", "nan", "batchnorm: epsilon must be a number, got 'nan'.")]
    [InlineData(
        "batchnorm",
        "momentum",
        "half",
        "batchnorm: momentum must be a number from 0 to 1, or 'average' for the plain average over all batches, got 'half'."
    )]
    [InlineData("batchnorm", "affine", "TRUE", "batchnorm: affine must be true or false, got 'TRUE'.")]
    [InlineData("concat", "axis", "99999999999", "concat: axis must be a whole number, got '99999999999'.")]
    [InlineData("permute", "order", "0x", "permute: order must be whole numbers such as 2x3, got '0x'.")]
    [InlineData("upsample", "scale", "2xx", "upsample: scale must be numbers such as 2 or 2x1.5, got '2xx'.")]
    [InlineData("upsample", "nothing", "1", "upsample: give either a scale or a size, got neither.")]
    [InlineData("narrow", "axis", "1", "narrow: start is missing: expected a whole number.")]
    public void Read_HostileOption_IsRefusedInTheseWords(string word, string option, string value, string message)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            OperatorCatalog
                .Find(word)!
                .Read(new OptionReader(word, [new OperatorOption(option, value)]), new OptionContext(Inputs[1]))
        );

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
