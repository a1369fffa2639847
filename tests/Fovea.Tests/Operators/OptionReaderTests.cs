namespace Fovea.Tests;

public sealed class OptionReaderTests
{
    private enum Side
    {
        Left,
        Right,
    }

    [Fact]
    public void Read_OptionsOfEachKind_GivesTheirValues()
    {
        OptionReader options = Of(
            ("n", "-3"),
            ("x", "1e-3"),
            ("f", "false"),
            ("k", "3x1"),
            ("p", "0+1"),
            ("w", "right"),
            ("l", "2x-1"),
            ("t", "any text")
        );

        Assert.Equal(-3, options.Integer("n"));
        Assert.Equal(0.001, options.Number("x"));
        Assert.False(options.Flag("f", true), "f must be false");
        Assert.Equal<PerAxis>((3, 1), options.PerAxis("k"));
        Assert.Equal(Padding.Explicit(0, 1), options.Padding("p"));
        Assert.Equal(Side.Right, options.Word("w", Side.Left));
        Assert.Equal([2, -1], options.Integers("l"));
        Assert.Equal("any text", options.Text("t"));
        options.RequireAllKnown();
    }

    [Fact]
    public void Read_NothingGiven_GivesTheUsual()
    {
        OptionReader options = Of();

        Assert.Equal(5, options.Integer("n", 5));
        Assert.Equal(Padding.Valid, options.Padding("p"));
        Assert.Empty(options.Integers("l"));
        Assert.False(options.Has("f"), "f is not given");
        Assert.Equal(
            "conv: n is missing: expected a whole number. (Parameter 'n')",
            Assert.Throws<ArgumentException>(() => options.Integer("n")).Message
        );
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("99999999999")]
    [InlineData("same")]
    public void Read_WrongValue_NamesOptionAndValue(string value)
    {
        OptionReader options = Of(("n", value));

        ArgumentException error = Assert.Throws<ArgumentException>(() => options.Integer("n"));
        Assert.Equal("n", error.ParamName);
        Assert.StartsWith($"conv: n must be a whole number, got '{value}'.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => options.Flag("n", true));
        Assert.Throws<ArgumentException>(() => options.Word("n", Side.Left));
    }

    [Fact]
    public void RequireAllKnown_OptionNobodyAskedFor_ListsThoseKnown()
    {
        OptionReader options = Of(("strid", "2"));
        options.Integer("stride", 1);

        Assert.StartsWith(
            "conv: there is no option 'strid'. It takes stride.",
            Assert.Throws<ArgumentException>(options.RequireAllKnown).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Constructor_OptionTwice_IsRefused() =>
        Assert.StartsWith(
            "conv: n is given twice.",
            Assert.Throws<ArgumentException>(() => Of(("n", "1"), ("n", "2"))).Message,
            StringComparison.Ordinal
        );

    public static TheoryData<Padding> Paddings =>
        [
            (Padding)0,
            (Padding)2,
            (Padding)(1, 2),
            (Padding)(1, 2, 3),
            Padding.Explicit(0, 1),
            Padding.Explicit((1, 2), (3, 4)),
            Padding.Same,
            Padding.SameTensorFlow,
            Padding.Causal,
        ];

    [Theory]
    [MemberData(nameof(Paddings))]
    public void TryParse_PaddingAsItPrints_GivesItBack(Padding padding)
    {
        Assert.True(Padding.TryParse(padding.ToString(), out Padding read), $"'{padding}' is not read");
        Assert.Equal(padding, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1+2+3")]
    [InlineData("1x2x3x4")]
    [InlineData("1x")]
    [InlineData("Same")]
    public void TryParse_AnotherForm_IsRefused(string text) =>
        Assert.False(Padding.TryParse(text, out _), $"'{text}' is read as a padding");

    private static OptionReader Of(params (string Name, string Value)[] options) =>
        new("conv", options.Select(o => new OperatorOption(o.Name, o.Value)));
}
