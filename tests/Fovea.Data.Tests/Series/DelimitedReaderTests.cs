using System.Text;

namespace Fovea.Data.Tests;

public sealed class DelimitedReaderTests
{
    [Theory]
    [InlineData("2\t1.5\t-2e1\n1\t0\t.25\n", "tsv")]
    [InlineData("2\t1.5\t-2e1\r\n1\t0\t.25", "tsv")]
    [InlineData("2\t1.5\t-2e1\r1\t0\t.25\r", "tsv")]
    [InlineData("\uFEFF\n\n2\t1.5\t-2e1\n  \n1\t0\t.25\n\n", "tsv")]
    [InlineData("   2.0000000e+00   1.5000000e+00  -2.0000000e+01  \n   1.0000000e+00   0   .25\n", "txt")]
    [InlineData("2,1.5,-20\n1, 0 ,0.25\n", "txt")]
    public void Read_LineEndsSeparatorsAndBom_GiveTheSame(string text, string format)
    {
        DataSource source = SeriesText.Open(text);
        Assert.Equal(format, source.Format);
        Assert.Equal([1, 2], source.Train.ItemShape);
        Assert.Equal(["1", "2"], source.Train.Classes);
        Assert.Equal([1, 0], [source.Train.Label(0), source.Train.Label(1)]);
        Assert.Equal([1.5f, -20f], SeriesText.Item(source.Train, 0));
        Assert.Equal([0f, 0.25f], SeriesText.Item(source.Train, 1));
    }

    [Fact]
    public void Read_CultureWithComma_ReadsTheSame()
    {
        using CultureScope scope = new();
        DataSource source = SeriesText.Open("-1\t1.5\t-2.25\n1\t1e-3\t4\n");
        Assert.Equal([1.5f, -2.25f], SeriesText.Item(source.Train, 0));
        Assert.Equal(["-1", "1"], source.Train.Classes);
        Refused.With(
            () => SeriesText.Open("1\t1,5\t2\n"),
            "line 1, column 3: expected a number such as -1.5 or 2e-3, got '1,5'"
        );
    }

    [Theory]
    [InlineData("1\t2\t3\n1\tx\t3\n", "p_TRAIN, line 2, column 3: expected a number such as -1.5 or 2e-3, got 'x'")]
    [InlineData(
        "1\t2\t1e400\n",
        "line 1, column 5: numbers must be finite and fit 32-bit floats (up to 3.4e38), got '1e400'"
    )]
    [InlineData("1\t2\t-1e39\n", "line 1, column 5: numbers must be finite")]
    [InlineData("1\t2\tInfinity\n", "line 1, column 5: numbers must be finite")]
    [InlineData(
        "1\t2\tNaN\n",
        "line 1, column 5: the value is missing ('NaN'). Set MissingValues to Interpolate (on the command line: --missing interpolate) to fill it from its neighbours."
    )]
    [InlineData("1\t?\t3\n", "line 1, column 3: the value is missing ('?')")]
    [InlineData("1\t2\t\t3\n", "line 1, column 5: the value is missing (nothing between separators)")]
    [InlineData(
        "1\t2\t3\n\n1\t2\n",
        "line 3: every series must have as many points as the first training case, 2, this one has 1. Set UnequalLength to Pad or Truncate (on the command line: --unequal pad or --unequal truncate) to make them equal."
    )]
    [InlineData("1\n", "line 1: a line must have a label and at least one value separated by white space, got '1'")]
    [InlineData("\n \n", "p_TRAIN: there is no case in the file.")]
    [InlineData("", "p_TRAIN: series must be written as text (.ts, .tsv, .txt or .arff); the file is empty.")]
    public void Read_NotAsItShouldBe_SaysWhere(string text, string expected) =>
        Refused.With(() => SeriesText.Open(text), expected);

    [Fact]
    public void Read_TestLabelUnseenInTraining_NamesLineAndClasses() =>
        Refused.With(
            () => SeriesText.Open("1\t2\n2\t3\n", "1\t2\n\n3\t2\n"),
            "p_TEST, line 3: the label '3' does not occur in the training set, whose classes are 1, 2."
        );

    [Fact]
    public void Read_Utf16_IsNamed() =>
        Refused.With(
            () => SeriesFolder.ReadFile("f", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("1\t2\n")], new DataOptions()),
            "f, byte 0: text must be UTF-8 or ASCII, this file is UTF-16"
        );

    [Fact]
    public void Read_LineOfAMillionValues_IsRead()
    {
        string line = "1" + string.Concat(Enumerable.Repeat("\t0.125", 1_000_000));
        Assert.Equal([1, 1_000_000], SeriesText.Open(line).Train.ItemShape);
    }

    [Theory]
    [InlineData("b\t1\nA\t2\na\t3\n", "A,a,b")]
    [InlineData("10\t1\n9\t2\n-1\t3\n", "-1,9,10")]
    [InlineData("1.0\t1\n1\t2\n1e0\t3\n", "1")]
    [InlineData("-0\t1\n0\t2\n", "0")]
    [InlineData("10\t1\n9\t2\nx\t3\n", "10,9,x")]
    public void Read_Labels_AreSortedByValueWhereAllAreNumbersElseByCharacters(string text, string classes) =>
        Assert.Equal(classes, string.Join(',', SeriesText.Open(text).Train.Classes));

    [Fact]
    public void Read_MissingValuesInterpolated_LieOnTheLine()
    {
        DataOptions options = new() { MissingValues = MissingValues.Interpolate };
        Assert.Equal(
            [1, 1, 2, 3, 4, 4],
            SeriesText.Item(SeriesText.Open("1\t?\t1\tNaN\t\t4\tnan\n", options).Train, 0)
        );
        Refused.With(
            () => SeriesText.Open("1\t?\t?\n", options),
            "line 1: a channel has no value at all, so there is nothing to interpolate from"
        );
    }

    [Fact]
    public void Read_UnequalLengths_ArePaddedOrTruncatedToTrainingLengths()
    {
        const string Train = "1\t1\t2\tNaN\tNaN\n2\t3\t4\t5\tNaN\n",
            Test = "1\t6\n2\t1\t2\t3\t4\n";
        DataSource padded = SeriesText.Open(Train, Test, new DataOptions { UnequalLength = UnequalLength.Pad });
        Assert.Equal(
            [
                [1, 2, 2],
                [3, 4, 5],
            ],
            SeriesText.Content(padded.Train).Items
        );
        Assert.Equal(
            [
                [6, 6, 6],
                [1, 2, 3],
            ],
            SeriesText.Content(padded.Test).Items
        );
        DataSource cut = SeriesText.Open(Train, Test, new DataOptions { UnequalLength = UnequalLength.Truncate });
        Assert.Equal(
            [
                [1, 2],
                [3, 4],
            ],
            SeriesText.Content(cut.Train).Items
        );
        Assert.Equal(
            [
                [6, 6],
                [1, 2],
            ],
            SeriesText.Content(cut.Test).Items
        );
        Refused.With(
            () => SeriesText.Open("1\t1\tNaN\t2\n", new DataOptions { UnequalLength = UnequalLength.Pad }),
            "line 1: value 2 is missing. Set MissingValues to Interpolate (on the command line: --missing interpolate) to fill it from its neighbours."
        );
    }

    [Fact]
    public void Read_EmptySeries_IsRefused() =>
        Refused.With(
            () => SeriesText.Open("1\t2\n1\tNaN\n", new DataOptions { UnequalLength = UnequalLength.Truncate }),
            "line 2: a series must have at least one value"
        );

    [Theory]
    [InlineData("", "1\t0\n")]
    [InlineData("@data\n", "0:1\n")]
    [InlineData("@timeStamps true\n@data\n", "(0,0):1\n")]
    [InlineData("@relation P\n@attribute a numeric\n@attribute c {1}\n@data\n", "0,1\n")]
    public void ReadFile_VeryManyTinySeries_IsRefusedWithinItsBudget(string header, string line)
    {
        const int Cases = 200_000,
            Budget = 8 << 20; // 8 MiB are full long before the end
        byte[] text = Encoding.UTF8.GetBytes(header + new StringBuilder().Insert(0, line, Cases));
        SeriesReading reading = new("f", new DataOptions(), Budget);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused.With(
            () => SeriesFolder.ReadFile(reading, text),
            $"series before this line and those on it would take more than the {Budget} bytes of memory a file may fill"
        );
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(reading.Cases.Count, Cases / 10, Cases / 2);
        Assert.InRange(allocated, Budget / 2, 3L * Budget); // the estimate is near what is taken; more than it is garbage on the way
    }

    [Fact]
    public void ReadFile_VeryManyTinyChannelsOfOneCase_IsRefusedWithinItsBudget()
    {
        string text = "@data\n" + new StringBuilder().Insert(0, "0:", 200_000) + "1\n";
        Refused.With(
            () =>
                SeriesFolder.ReadFile(new SeriesReading("f", new DataOptions(), 1 << 20), Encoding.UTF8.GetBytes(text)),
            "f, line 2: the 0 series before this line and those on it would take more than the 1048576 bytes"
        );
    }

    [Fact]
    public void ReadFile_OneOfTooMuch_SaysHowMuchItMayBe()
    {
        byte[] values = new byte[2 * ((1 << 26) + 2)];
        for (int i = 0; i < values.Length; i += 2)
        {
            (values[i], values[i + 1]) = ((byte)'1', (byte)'\t');
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused.With(
            () => SeriesFolder.ReadFile("f", values, new DataOptions()),
            "f, line 1: a series may have up to 67108864 values, this one has 67108866."
        );
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Refused.With(
            () => SeriesText.Open($"{new string('a', 1001)}\t1\n"),
            "line 1: a class label may have up to 1000 bytes, this one has 1001: 'aaa"
        );
        Refused.With(
            () => SeriesText.Open($"@problemName {new string('a', 1 << 20)}\n@data\n"),
            "line 1: a line before @data may have up to 1048576 bytes, this one has 1048589."
        );
        string wide =
            "@data\n"
            + new StringBuilder().Insert(0, "0:", 9000)
            + "1\n"
            + string.Join(',', Enumerable.Repeat("0", 9000))
            + ":"
            + new StringBuilder().Insert(0, "0:", 8999)
            + "1\n";
        Refused.With(
            () => SeriesText.Open(wide, new DataOptions { UnequalLength = UnequalLength.Pad }),
            "p_TRAIN: series of 9000 x 9000 have 81000000 values; an item may have up to 67108864."
        );
    }

    [Fact]
    public void Read_PaddingThatWouldNotFitMemory_IsRefused()
    {
        StringBuilder text = new();
        text.Append('1').Insert(1, "\t0", 40_000).Append('\n').Insert(text.Length, "1\t0\n", 20_000);
        Refused.With(
            () => SeriesText.Open(text.ToString(), new DataOptions { UnequalLength = UnequalLength.Pad }),
            "20001 series of 1 x 40000 make 800040000 values; at most 536870912 are taken"
        );
    }

    [Theory]
    [InlineData("1\t2.5\t-3e1\n2\t4\t5\n")]
    [InlineData("  1.0e0  2.5  -3e1\r\n  2  4  NaN\r\n")]
    public void Read_EveryTruncationAndFlip_IsReadOrRefused(string text)
    {
        byte[] seed = Encoding.UTF8.GetBytes(text);
        foreach (
            DataOptions options in (DataOptions[])
                [new(), new() { MissingValues = MissingValues.Interpolate, UnequalLength = UnequalLength.Truncate }]
        )
        {
            IEnumerable<(byte[] Bytes, string What)> cuts = Enumerable
                .Range(0, seed.Length + 1)
                .Select(length => (seed[..length], $"first {length} bytes"));
            foreach ((byte[] bytes, string what) in cuts.Concat(Refused.Flips(seed)))
            {
                Refused.OrFine(
                    () =>
                    {
                        SeriesFile file = SeriesFolder.ReadFile("f", bytes, options);
                        IDataset data = SeriesFolder.Build("f", file, file, options).Train;
                        Assert.All(
                            Enumerable.Range(0, data.Count),
                            i => Assert.DoesNotContain(SeriesText.Item(data, i), value => !float.IsFinite(value))
                        );
                    },
                    what
                );
            }
        }
    }
}
