using Fovea.Testing;

namespace Fovea.Data.Tests;

public sealed class SeriesFolderTests
{
    /// <summary>Every problem that exists in several files of the shared data: its formats and where they
    /// are.</summary>
    public static TheoryData<string, string, string> SameProblems =>
        new()
        {
            { "Beef", "ts/tslearn", "txt arff ts" },
            { "Coffee", "ts/tslearn", "txt arff ts" },
            { "ECG200", "ts/tslearn", "txt arff ts" },
            { "FaceFour", "ts/tslearn", "txt arff ts" },
            { "GunPoint", "ts/tslearn", "txt arff ts" },
            { "Lightning7", "ts/tslearn", "txt arff ts" },
            { "OliveOil", "ts/tslearn", "txt arff ts" },
            { "Plane", "ts/tslearn", "txt arff ts" },
            { "SyntheticControl", "ts/tslearn", "txt arff ts" },
            { "ItalyPowerDemand", "ts/aeon", "arff ts" },
            { "BasicMotions", "ts/aeon", "arff ts" },
        };

    // The files of a problem differ in notation only: .txt writes eight significant digits as -6.4788540e-01 and its
    // labels as 2.0000000e+00,
    // the others -0.6478854 and 2. All values are equal to the last bit, so nothing is allowed for.
    [DataTheory("ucr")]
    [MemberData(nameof(SameProblems))]
    public void Open_SameProblemInEveryFormat_GivesIdenticalBits(string problem, string folder, string formats)
    {
        List<string> files =
        [
            .. formats.Split(' ').Select(format => $"ucr/{folder}/{problem}/{problem}_TRAIN.{format}"),
        ];
        if (TestData.Find($"ucr/tsv/{problem}/{problem}_TRAIN.tsv") is not null)
        {
            files.Add($"ucr/tsv/{problem}/{problem}_TRAIN.tsv");
        }

        DataSource[] sources = [.. files.Select(file => Datasets.Open(TestData.Find(file)!))];
        Assert.Equal(files.Select(file => Path.GetExtension(file)[1..]), sources.Select(source => source.Format));
        (string[] trainLabels, float[][] train) = SeriesText.Content(sources[0].Train);
        (string[] testLabels, float[][] test) = SeriesText.Content(sources[0].Test);
        foreach (DataSource other in sources[1..])
        {
            Assert.Equal(sources[0].Train.Classes, other.Train.Classes);
            Assert.Equal(trainLabels, SeriesText.Content(other.Train).Labels);
            Assert.Equal(testLabels, SeriesText.Content(other.Test).Labels);
            Assert.Equal(train, SeriesText.Content(other.Train).Items);
            Assert.Equal(test, SeriesText.Content(other.Test).Items);
        }
    }

    [DataFact("ucr/tsv")]
    public void Open_EveryTsvFolder_HasTheArchivesSizes()
    {
        Dictionary<string, string> found = [];
        foreach (string folder in Directory.GetDirectories(TestData.Find("ucr/tsv")!))
        {
            DataSource source = Datasets.Open(folder + "/");
            found[source.Name] =
                $"{source.Train.Count} {source.Test.Count} {source.Train.ItemShape[1]} {source.Train.Classes.Count}";
        }

        // Train, test, length, classes as in the archive's table (Dau et al. 2018).
        Assert.Equal("36 175 251 3", found["ArrowHead"]);
        Assert.Equal("30 900 128 3", found["CBF"]);
        Assert.Equal("20 345 24 2", found["Chinatown"]);
        Assert.Equal("16 306 345 4", found["DiatomSizeReduction"]);
        Assert.Equal("381 760 99 10", found["MedicalImages"]);
        Assert.Equal("180 180 144 2", found["PowerCons"]);
        Assert.Equal("20 601 70 2", found["SonyAIBORobotSurface1"]);
        Assert.Equal("100 100 275 4", found["Trace"]);
        Assert.Equal("23 1139 82 2", found["TwoLeadECG"]);
        Assert.Equal("36 144 150 3", found["UMD"]);
        Assert.Equal(22, found.Count);
    }

    [DataFact("ucr/ts/aeon/BasicMotions")]
    public void Open_BasicMotions_HasSixChannels()
    {
        DataSource source = Datasets.Open(TestData.Find("ucr/ts/aeon/BasicMotions")!);
        Assert.Equal([6, 100], source.Train.ItemShape);
        Assert.Equal(["Badminton", "Running", "Standing", "Walking"], source.Train.Classes);
        Assert.Equal(0.079106f, SeriesText.Item(source.Train, 0)[0]);
    }

    [DataFact("ucr/ts/aeon/JapaneseVowels")]
    public void Open_JapaneseVowels_NeedsAChoiceForItsLengths()
    {
        string folder = TestData.Find("ucr/ts/aeon/JapaneseVowels")!;
        Refused.With(
            () => Datasets.Open(folder),
            "JapaneseVowels_TRAIN.ts, line ",
            "the first training case, 20, this one has 26. Set UnequalLength to Pad or Truncate (on the command line: --unequal pad or --unequal truncate) to make them equal."
        );
        DataSource padded = Datasets.Open(folder, new DataOptions { UnequalLength = UnequalLength.Pad });
        Assert.Equal(("JapaneseVowels", 270, 370), (padded.Name, padded.Train.Count, padded.Test.Count));
        Assert.Equal([12, 26], padded.Train.ItemShape);
        Assert.Equal(
            [12, 7],
            Datasets.Open(folder, new DataOptions { UnequalLength = UnequalLength.Truncate }).Test.ItemShape
        );
        Assert.Equal([12, 25], Datasets.Open(Path.Combine(folder, "JapaneseVowels_eq_TEST.ts")).Train.ItemShape);
    }

    [DataFact("ucr/ts/aeon/UnitTest")]
    public void Open_UnitTestFolder_TakesTheOnlyProblemWithBothParts()
    {
        DataSource source = Datasets.Open(TestData.Find("ucr/ts/aeon/UnitTest")!);
        Assert.Equal(
            ("UnitTest", 20, 22, 24),
            (source.Name, source.Train.Count, source.Test.Count, source.Train.ItemShape[1])
        );
        string stamped = TestData.Find("ucr/ts/aeon/UnitTest/UnitTestTimeStamps_TRAIN.ts")!;
        Refused.With(() => Datasets.Open(stamped), "'UnitTestTimeStamps_TEST.ts' is not beside it");
        SeriesFile file = SeriesFolder.ReadFile(stamped, File.ReadAllBytes(stamped), new DataOptions());
        Assert.Equal([241.97f, 241.75f, 241.64f, 241.71f], file.Cases[0].Channels[0]);
    }

    [Fact]
    public void Open_SeveralProblems_AsksForAFile()
    {
        using TempFolder folder = new();
        foreach (string name in (string[])["A_TRAIN.tsv", "A_TEST.tsv", "B_TRAIN.tsv", "B_TEST.tsv"])
        {
            folder.Write(name, "1\t2\n");
        }

        Refused.With(
            () => Datasets.Open(folder.Folder),
            "there are several problems here: A, B. Name one of the files."
        );
        Assert.Equal("B", Datasets.Open(Path.Combine(folder.Folder, "B_TEST.tsv")).Name);
    }

    [Fact]
    public void Open_PartnerMissing_SaysSo()
    {
        using TempFolder folder = new();
        folder.Write("A_TRAIN.tsv", "1\t2\n");
        Refused.With(() => Datasets.Open(folder.Folder), "'A_TRAIN.tsv' has no partner");
    }

    [Fact]
    public void Open_ContentOfAnotherFormatThanTheEnding_IsReadByContent()
    {
        using TempFolder folder = new();
        folder.Write("A_TRAIN.txt", "@data\n1,2:x\n");
        folder.Write("A_TEST.txt", "\n1,2:x\n".Insert(0, "@data"));
        Assert.Equal("ts", Datasets.Open(folder.Folder).Format);
    }
}
