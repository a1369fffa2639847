using System.Text;

namespace Fovea.Data.Tests;

/// <summary>Quotes, escapes and sparse rows as Weka's description of the format has them
/// (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/).</summary>
public sealed class ArffQuotesTests
{
    private const string Commas = "@relation P\n@attribute x numeric\n@attribute y numeric\n";
    private const string Sparse = Commas + "@attribute cls {'a,b','c,d'}\n@data\n";

    [Theory]
    [InlineData("{'a,b','c,d'}", "'a,b'", "a,b")]
    [InlineData("{'a,b','c,d'}", "\"c,d\"", "c,d")]
    [InlineData("{ 'a,b' , \"c,d\" }", "  'a,b'  ", "a,b")]
    [InlineData("{'it\\'s',no}", "'it\\'s'", "it's")]
    [InlineData("{'it\\'s',no}", "\"it's\"", "it's")]
    [InlineData("{\"say \\\"no\\\"\",x}", "'say \"no\"'", "say \"no\"")]
    [InlineData("{'back\\\\slash',x}", "'back\\\\slash'", "back\\slash")]
    [InlineData("{'a\\tb','a\\nb'}", "'a\\nb'", "a\nb")]
    [InlineData("{'a}b','{'}", "'a}b'", "a}b")]
    [InlineData("{'5\\%',x}", "'5%'", "5%")]
    [InlineData("{'a\\u00e9b',x}", "aéb", "aéb")]
    [InlineData("{a,'a '}", "'a '", "a ")]
    [InlineData("{don't,x}", "don't", "don't")]
    [InlineData("{plain,'quoted'}", "'plain'", "plain")]
    [InlineData("{plain,'quoted'}", "quoted", "quoted")]
    [InlineData("{'@data','% x'}", "'@data'", "@data")]
    public void Read_QuotedClass_IsTheTextMeant(string classes, string written, string meant)
    {
        DataSource source = SeriesText.Open($"{Commas}@attribute cls {classes}\n@data\n1,2,{written}\n");
        Assert.Equal([meant], source.Train.Classes);
        Assert.Equal([1, 2], SeriesText.Item(source.Train, 0));
    }

    [Theory]
    [InlineData("'x, {of} y'")]
    [InlineData("\"x 'y' {z}\"")]
    [InlineData("'it\\'s {x}'")]
    [InlineData("'numeric'")]
    public void Read_QuotedAttributeName_IsPassedOver(string name)
    {
        DataSource source = SeriesText.Open(
            $"@relation 'P, {{q}}'\n@attribute {name} numeric\n@ATTRIBUTE {name} Real\n@attribute {name}{{a,b}}\n@data\n1,2,b\n"
        );
        Assert.Equal(["b"], source.Train.Classes);
        Assert.Equal([1, 2], SeriesText.Item(source.Train, 0));
    }

    [Fact]
    public void Read_QuotedValues_AreNumbers() =>
        Assert.Equal([1.5f, -2], SeriesText.Item(SeriesText.Open(Sparse + "'1.5', \"-2\" ,'a,b'\n").Train, 0));

    [Theory]
    [InlineData("'1,2\\n3,4','Running, fast'")]
    [InlineData("\"1,2\\n3,4\", 'Running, fast'")]
    [InlineData("'1,2\\n3,4',\"Running, fast\"")]
    [InlineData("{0 '1,2\\n3,4',1 'Running, fast'}")]
    public void Read_RelationalWithQuotedClass_GivesChannels(string row)
    {
        DataSource source = SeriesText.Open(
            "@relation P\n@attribute 'dims, {x}' relational\n@attribute a0 numeric\n@attribute a1 numeric\n@end 'dims, {x}'\n@attribute activity {Standing,'Running, fast'}\n@data\n"
                + row
                + "\n"
        );
        Assert.Equal(["Running, fast"], source.Train.Classes);
        Assert.Equal([2, 2], source.Train.ItemShape);
        Assert.Equal([1, 2, 3, 4], SeriesText.Item(source.Train, 0));
    }

    [Theory]
    [InlineData("{0 1.5, 1 -2, 2 'c,d'}", 1.5f, -2f, "c,d")]
    [InlineData("{1 3, 2 'c,d'}", 0f, 3f, "c,d")]
    [InlineData("  { 0\t4 }  ", 4f, 0f, "a,b")] // what is left out is 0, of a class the first
    [InlineData("{}", 0f, 0f, "a,b")]
    [InlineData("{ }", 0f, 0f, "a,b")]
    [InlineData("{2 \"a,b\"}", 0f, 0f, "a,b")]
    [InlineData("{0 '1e1',2 'c,d'}", 10f, 0f, "c,d")]
    public void Read_SparseRow_HasZerosWhereNothingIsSaid(string row, float x, float y, string label)
    {
        DataSource source = SeriesText.Open(Sparse + row + "\n");
        Assert.Equal([label], source.Train.Classes);
        Assert.Equal([x, y], SeriesText.Item(source.Train, 0));
    }

    [Fact]
    public void Read_SparseAndDenseRows_AreOfOneProblem()
    {
        (string[] labels, float[][] items) = SeriesText.Content(
            SeriesText
                .Open(
                    Sparse + "0,7,'c,d'\n{1 7,2 'c,d'}\n{0 ?, 1 5}\n",
                    new DataOptions { MissingValues = MissingValues.Interpolate }
                )
                .Train
        );
        Assert.Equal(["c,d", "c,d", "a,b"], labels);
        Assert.Equal(items[0], items[1]);
        Assert.Equal([5, 5], items[2]);
    }

    [Theory]
    [InlineData("1,2,'a,b\n", "line 6, column 5: the quote that begins here is not closed, got ''a,b'")]
    [InlineData("1,2,'a,b' x\n", "line 6, column 5: nothing may follow a closing quote, got ''a,b' x'")]
    [InlineData("1,2,''\n", "line 6: a case must be values, a comma and a class label, got '1,2,'''")]
    [InlineData("'1,2','a,b'\n", "line 6, column 1: expected a number such as -1.5 or 2e-3, got '1,2'")]
    [InlineData("{0 ?}\n", "line 6, column 4: the value is missing ('?')")]
    [InlineData("{0 x}\n", "line 6, column 4: expected a number such as -1.5 or 2e-3, got 'x'")]
    [InlineData(
        "{3 1}\n",
        "line 6, column 2: an index must be 0 to 2, ascending, and a space before the value, got '3 1'"
    )]
    [InlineData("{1 1,1 2}\n", "line 6, column 6: an index must be 0 to 2, ascending")]
    [InlineData("{-1 2}\n", "line 6, column 2: an index must be 0 to 2, ascending")]
    [InlineData("{1}\n", "line 6, column 2: an index must be 0 to 2, ascending, and a space before the value, got '1'")]
    [InlineData("{0 1\n", "line 6: a sparse case must end with }, got '{0 1'")]
    [InlineData("{0 1},{5}\n", "line 6, column 6: nothing may follow a sparse case, got ',{5}'")]
    [InlineData("{2 'c,e'}\n", "line 6: the label 'c,e' is not among the classes the header lists: a,b, c,d")]
    public void Read_NotAsItShouldBe_SaysWhere(string row, string expected) =>
        Refused.With(() => SeriesText.Open(Sparse + row), expected);

    [Theory]
    [InlineData(
        "@attribute 'x numeric\n",
        "line 2, column 12: the quote that begins here is not closed, got ''x numeric'"
    )]
    [InlineData("@attribute c {'a,b\n", "line 2, column 15: the quote that begins here is not closed, got ''a,b'")]
    [InlineData("@attribute c {'a' b,c}\n", "line 2, column 15: nothing may follow a closing quote, got ''a' b'")]
    [InlineData("@attribute c {a,b\n", "line 2: a class attribute must end with }, got '@attribute c {a,b'")]
    public void Read_HeaderNotAsItShouldBe_SaysWhere(string attribute, string expected) =>
        Refused.With(() => SeriesText.Open("@relation P\n" + attribute), expected);

    [Theory]
    [InlineData("{0 1.5, 2 'c,d'}\n1,2,\"a,b\"\n")]
    [InlineData("'1\\'','2\\\\',a\\,b\n{}\n")]
    public void Read_EveryTruncationAndFlip_IsReadOrRefused(string rows)
    {
        byte[] seed = Encoding.UTF8.GetBytes(Sparse + rows);
        IEnumerable<(byte[] Bytes, string What)> cuts = Enumerable
            .Range(0, seed.Length + 1)
            .Select(length => (seed[..length], $"first {length} bytes"));
        foreach ((byte[] bytes, string what) in cuts.Concat(Refused.Flips(seed)))
        {
            Refused.OrFine(() => SeriesFolder.ReadFile("f", bytes, new DataOptions()), what);
        }
    }
}
