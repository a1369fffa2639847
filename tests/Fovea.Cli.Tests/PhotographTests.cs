using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Cli.Tests;

/// <summary>A run on a folder of photographs, trained once.</summary>
public sealed class PhotographRun : IDisposable
{
    private static readonly string[] Colored =

        [
            "kodim23.png",
            "skimage-astronaut.png",
            "skimage-chelsea.png",
            "skimage-coffee.png",
            "skimage-retina.jpg",
            "skimage-rocket.jpg",
        ],
        Gray =

        [
            "skimage-brick.png",
            "skimage-camera.png",
            "skimage-coins.png",
            "skimage-grass.png",
            "skimage-moon.png",
            "skimage-clock_motion.png",
        ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the folder and trains.</summary>
    public PhotographRun()
    {
        if (TestData.Find("images/photos") is not { } photos)
        {
            return;
        }

        foreach ((string name, string[] files) in new[] { ("colour", Colored), ("gray", Gray) })
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Photos, name));
            foreach (string file in files)
            {
                File.Copy(System.IO.Path.Combine(photos, file), System.IO.Path.Combine(Photos, name, file));
            }
        }

        string[] command =
        [
            "train",
            "small_cnn(width=0.25)",
            "--data",
            Photos,
            "--input",
            "3x32x32",
            "--epochs",
            "2",
            "--batch",
            "4",
            "--out",
            Run,
            "--preflight",
            "off",
        ];
        Training = Cli.Run(command);
        Assert.True(Training.Code == 0, Training.Error);
    }

    /// <summary>The image folder.</summary>
    public string Photos => _folder.File("photos");

    /// <summary>The run folder.</summary>
    public string Run => _folder.File("run");

    internal Said? Training { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

/// <summary>Photographs and image folders, as one uses them from the command line.</summary>
public sealed class PhotographTests(PhotographRun run) : IClassFixture<PhotographRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Jpeg(string name) => TestData.Find($"images/jpeg/{name}")!;

    private static double[] Probabilities(Said said)
    {
        Assert.True(said.Code == 0, said.Error);
        using JsonDocument document = JsonDocument.Parse(said.Out);
        return
        [
            .. document
                .RootElement[0]
                .GetProperty("top")
                .EnumerateArray()
                .OrderBy(t => t.GetProperty("label").GetString(), StringComparer.Ordinal)
                .Select(t => t.GetProperty("probability").GetDouble()),
        ];
    }

    private static void AssertRefused(Said said, params string[] parts)
    {
        Assert.Equal((2, ""), (said.Code, said.Out));
        Assert.Single(said.ErrorLines);
        foreach (string part in parts)
        {
            Assert.Contains(part, said.Error, StringComparison.Ordinal);
        }

        foreach (string name in new[] { "ImageInput", "PngImage", "Fit:", "Parameter", "SeriesShape" })
        {
            Assert.DoesNotContain(name, said.Error, StringComparison.Ordinal);
        }
    }

    [DataFact("images/photos")]
    public void Train_FolderOfPhotographs_SaysTheSplitAndCutsAtRandom()
    {
        Assert.Contains("the folder has no test part: 2 pictures of 12", run.Training!.Error, StringComparison.Ordinal);
        Assert.Contains(
            "short side resized to 37, middle cut out to 32 x 32 (--input asks for another size); while training they are changed by resized-crop=0.08,flip=0.5",
            run.Training!.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "resized-crop=0.08,flip=0.5",
            File.ReadAllText(Path.Combine(run.Run, "run.json")),
            StringComparison.Ordinal
        );
    }

    [DataFact("images/photos")]
    public void Evaluate_RunOnPhotographs_MeasuresWhatWasSetAside()
    {
        Said own = Cli.Run("evaluate", run.Run, "--json"),
            named = Cli.Run("evaluate", run.Run, "--data", run.Photos, "--json");
        Assert.True(own.Code == 0, own.Error);
        Assert.Equal(own.Out, named.Out);
        Assert.Contains("\"n\": 2", own.Out, StringComparison.Ordinal);
    }

    [DataFact("images/photos")] // door-bugs, row 13
    public void Evaluate_AnotherFolder_MatchesClassesByNameAndUsesAllPictures()
    {
        string other = _folder.File("other");
        Directory.CreateDirectory(Path.Combine(other, "gray"));
        Directory.CreateDirectory(Path.Combine(other, "abstract"));
        string photo = Path.Combine(run.Photos, "gray", "skimage-moon.png");
        File.Copy(photo, Path.Combine(other, "gray", "1.png"));
        File.Copy(photo, Path.Combine(other, "abstract", "2.png"));
        Said said = Cli.Run("evaluate", run.Run, "--data", other, "--json");
        Assert.True(said.Code == 0, said.Error);
        using JsonDocument document = JsonDocument.Parse(said.Out);
        Assert.Equal(1, document.RootElement.GetProperty("n").GetInt32());
        Assert.Contains(
            "folders that are no class of the network left out: abstract.",
            said.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("classes of the network without a folder: colour.", said.Error, StringComparison.Ordinal);
    }

    [DataFact("images/photos")] // one photograph, stored in two ways: nearly the same answer; not turned, another
    public void Predict_Jpeg_IsTurnedUpright()
    {
        double[] upright = Probabilities(Cli.Run("predict", run.Run, Jpeg("pillow-hopper.jpg"), "--json")),
            turned = Probabilities(Cli.Run("predict", run.Run, Jpeg("pillow-hopper_orientation_3.jpg"), "--json"));
        Assert.Equal(upright[0], turned[0], 0.02);
    }

    [DataFact("images/photos")] // the item of a data set and the file it is made of get the same answer
    public void Predict_FileOfTheDataSet_IsWhatEvaluationSees()
    {
        Said items = Cli.Run("predict", run.Run, "--index", "0-1", "--json");
        Assert.True(items.Code == 0, items.Error);
        using JsonDocument document = JsonDocument.Parse(items.Out);
        double expected = document.RootElement[0].GetProperty("top")[0].GetProperty("probability").GetDouble();
        string[] files = Directory.GetFiles(Path.Combine(run.Photos, "colour"));
        Assert.Contains(
            files,
            file => Probabilities(Cli.Run("predict", run.Run, file, "--json")).Any(p => p == expected)
        );
    }

    [DataFact("images/photos")]
    public void Predict_WrongThings_SaysWhatTheNetworkWantsAndWhatItGot()
    {
        AssertRefused(Cli.Run("predict", run.Run, run.Photos), run.Photos, "is a folder. Name files");
        string text = _folder.File("series.tsv");
        File.WriteAllText(text, "1\t0.5\t0.25\n");
        AssertRefused(
            Cli.Run("predict", run.Run, text),
            text,
            "not a picture",
            "The network takes colour pictures, brought to 32 x 32."
        );
        AssertRefused(Cli.Run("predict", run.Run, "nowhere.jpg"), "nowhere.jpg: does not exist");
    }

    [DataFact("images/photos")] // door-bugs, row 6
    public void Predict_AnimatedPictures_SaysOnceThatTheFirstFrameIsTaken()
    {
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]; // one pixel
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 9, 9, 9, 200, 200, 200, .. frame, .. frame, 0x3B];
        string one = _folder.File("one.gif"),
            two = _folder.File("two.gif");
        File.WriteAllBytes(one, gif);
        File.WriteAllBytes(two, gif);
        Said said = Cli.Run("predict", run.Run, one, two);
        Assert.True(said.Code == 0, said.Error);
        Assert.Equal($"{one} is animated; of such pictures the first frame is labelled.\n", said.Error);
    }

    [DataFact("images/photos")]
    public void DataInfo_Folder_ShowsCountsSizesAndWhatIsLeftOut()
    {
        string folder = _folder.File("set");
        foreach (string name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.Copy(Jpeg("pillow-hopper.jpg"), Path.Combine(folder, name, "hopper.jpg"));
            File.Copy(Jpeg("pillow-flower.jpg"), Path.Combine(folder, name, "flower.jpg"));
        }

        File.WriteAllBytes(Path.Combine(folder, "a", "cut.jpg"), File.ReadAllBytes(Jpeg("pillow-flower2.jpg"))[..5000]);
        Said said = Cli.Run("data", "info", folder);
        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("set (images), items [3, 224, 224], 2 classes", said.Out, StringComparison.Ordinal);
        Assert.Contains(
            "Pictures: 4 Jpeg; widths 128 to 480, middle 480; heights 128 to 360, middle 360.",
            said.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("1 damaged picture left out: ", said.Error, StringComparison.Ordinal);
        Assert.Contains("cut.jpg", said.Error, StringComparison.Ordinal);
        Assert.Contains("2 pictures in two classes: ", said.Error, StringComparison.Ordinal);
        AssertRefused(Cli.Run("data", "info", folder, "--strict"), "cut.jpg", "Damaged pictures are refused here");
    }

    [DataFact("images/photos")] // door-bugs, row 12
    public void Train_ClassWithoutPictures_IsRefusedByName()
    {
        foreach (string name in new[] { "train/a", "train/b", "train/empty", "test/a" })
        {
            Directory.CreateDirectory(_folder.File($"set/{name}"));
        }

        File.Copy(Jpeg("pillow-hopper.jpg"), _folder.File("set/train/a/1.jpg"));
        File.Copy(Jpeg("pillow-flower.jpg"), _folder.File("set/train/b/2.jpg"));
        File.Copy(Jpeg("pillow-flower2.jpg"), _folder.File("set/test/a/3.jpg"));
        AssertRefused(
            Cli.Run("train", "--data", _folder.File("set"), "--out", _folder.File("out")),
            "there is no picture to learn from of empty"
        );
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Theory]
    [InlineData(
        "train --data shapes --input 3x32x32",
        "--input is for image folders; the items of shapes are [1, 32, 32]"
    )]
    [InlineData("train --data shapes --input 3x32", "pictures are brought to one size of 1 or 3 channels")]
    public void Train_InputOfOtherData_IsRefused(string command, string expected) =>
        AssertRefused(Cli.Run(command.Split(' ')), expected);
}

/// <summary>Files of series to label.</summary>
public sealed class SeriesPredictionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public SeriesPredictionTests()
    {
        _run = _folder.File("run");
        Said said = Cli.Run(
            "train",
            "input 1x128; conv 4 9 stride=4; relu; globalavgpool flatten=true; linear classes",
            "--data",
            "cbf",
            "--train-items",
            "30",
            "--test-items",
            "10",
            "--epochs",
            "1",
            "--out",
            _run,
            "--preflight",
            "off"
        );
        Assert.True(said.Code == 0, said.Error);
    }

    public void Dispose() => _folder.Dispose();

    private static string Values(int count, char separator) =>
        string.Join(
            separator,
            Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{Math.Sin(i / 9.0):F4}"))
        );

    [Fact]
    public void Predict_FilesOfSeries_AreLabelledCaseByCase()
    {
        string tsv = _folder.File("a.tsv"),
            csv = _folder.File("b.csv"),
            ts = _folder.File("c.ts");
        File.WriteAllText(tsv, $"bell\t{Values(128, '\t')}\nunheard\t{Values(128, '\t')}\n");
        File.WriteAllText(csv, $"{Values(128, ',')}\n"); // as many numbers as the network takes: no label
        File.WriteAllText(ts, $"@problemName x\n@classLabel true bell funnel\n@data\n{Values(128, ',')}:bell\n");
        Said said = Cli.Run("predict", _run, tsv, csv, ts, "--json");
        Assert.True(said.Code == 0, said.Error);
        using JsonDocument document = JsonDocument.Parse(said.Out);
        JsonElement[] rows = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(
            [$"{tsv} line 1", $"{tsv} line 2", $"{csv} line 1", $"{ts} line 4"],
            rows.Select(r => r.GetProperty("input").GetString())
        );
        Assert.Equal(["bell", null, null, "bell"], rows.Select(r => r.GetProperty("actual").GetString()));
        double[] best = [.. rows.Select(r => r.GetProperty("top")[0].GetProperty("probability").GetDouble())];
        Assert.All(best, p => Assert.Equal(best[0], p)); // the same series four times
    }

    [Fact]
    public void Predict_OtherFiles_SaysWhatTheNetworkWants()
    {
        string shorter = _folder.File("short.tsv"),
            png = _folder.File("photo.png");
        File.WriteAllText(shorter, $"bell\t{Values(100, '\t')}\n");
        File.WriteAllBytes(png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]);
        Said said = Cli.Run("predict", _run, shorter);
        Assert.Equal(2, said.Code);
        Assert.Contains(
            "as many points as those the network was trained on, 128, this one has 100",
            said.Error,
            StringComparison.Ordinal
        );
        said = Cli.Run("predict", _run, png);
        Assert.Equal(2, said.Code);
        Assert.Contains("the file is a PNG image", said.Error, StringComparison.Ordinal);
        Assert.Contains("The network takes series of 128 points", said.Error, StringComparison.Ordinal);
    }
}
