using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Measured choices are kept in a file, the file decides, and nothing but a file of measured times is taken
/// for one.</summary>
public sealed class TuningTests : IDisposable
{
    private const string Head =
        "fovea tuning 1\nprocessor\tvector bits\tconvolution\tchoice\tdirect ms\tF(2x2) ms\tF(4x4) ms\n";
    private const string Times = "1.0000\t2.0000\t3.0000";
    private const double Bound = 1e-3; // of the largest value: Winograd's algorithm is allowed

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-tuning-").FullName;

    private string FileName => Path.Combine(_folder, "times.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Steps_NothingKnown_MeasuresAndSaysSo()
    {
        Tuning tuning = Tuning.Open(FileName);
        string step = Assert.Single(Layer(32, 32, 9, 10).Compile([32, 9, 10], tuning: tuning).Steps());

        Assert.Matches(@"\(measured: direct \d+\.\d{3} ms, F\(2x2\) \d+\.\d{3} ms, F\(4x4\) \d+\.\d{3} ms\)$", step);
        Assert.Equal((1, 1), (tuning.Measured, tuning.Count));
    }

    [Fact]
    public void Save_ThenOpen_GivesTheSameChoicesAndBitsWithoutMeasuring()
    {
        Tuning first = Tuning.Open(FileName);
        CompiledNetwork measured = Layer(48, 24, 13, 11).Compile([48, 13, 11], tuning: first);
        Tensor x = Tensor.Normal([3, 48, 13, 11], rng: new Rng(1));
        float[] expected = measured.Run(x).ToArray<float>();
        first.Save();
        byte[] saved = File.ReadAllBytes(FileName);

        Tuning second = Tuning.Open(FileName);
        CompiledNetwork again = Layer(48, 24, 13, 11).Compile([48, 13, 11], tuning: second);

        Assert.True(expected.AsSpan().SequenceEqual(again.Run(x).ToArray<float>()), "the same file gave other bits");
        Assert.Equal(measured.Steps(3), again.Steps(3));
        Assert.Equal((0, first.Count), (second.Measured, second.Count));
        second.Save();
        Assert.Equal(saved, File.ReadAllBytes(FileName));
        Assert.Equal([FileName], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(64, 30, 30)]
    [InlineData(256, 7, 7)]
    public void Run_FileThatSaysAnAlgorithm_TakesItAndItsBits(int channels, int height, int width)
    {
        Shape item = [channels, height, width];
        Module network = Layer(channels, channels, height, width);
        Tensor x = Tensor.Normal([1, channels, height, width], rng: new Rng(2));
        Measure(network, item);
        Dictionary<string, float[]> found = [];
        foreach (
            (string choice, string name) in new[]
            {
                ("direct", "direct"),
                ("F(2x2)", "Winograd F(2x2, 3x3)"),
                ("F(4x4)", "Winograd F(4x4, 3x3)"),
            }
        )
        {
            Force(choice);
            CompiledNetwork compiled = network.Compile(item, tuning: Tuning.Open(FileName));
            string step = Assert.Single(compiled.Steps());
            Assert.Contains($": {name}, ", step, StringComparison.Ordinal);
            Assert.EndsWith(
                "(measured: direct 1.000 ms, F(2x2) 2.000 ms, F(4x4) 3.000 ms)",
                step,
                StringComparison.Ordinal
            );
            found[name] = compiled.Run(x).ToArray<float>();
        }

        CompiledNetwork byModel = network.Compile(item);
        string model = found.Keys.Single(name => byModel.Steps()[0].Contains($": {name}, ", StringComparison.Ordinal));
        Assert.True(
            found[model].AsSpan().SequenceEqual(byModel.Run(x).ToArray<float>()),
            $"{model}: other bits than where the model chooses it"
        );
        Assert.True(
            found["direct"].AsSpan().SequenceEqual(network.Compile(item, Precision.Strict).Run(x).ToArray<float>()),
            "direct: other bits than with Precision.Strict"
        );
        Assert.Equal(
            3,
            found.Values.Select(y => string.Join(' ', y.Select(BitConverter.SingleToInt32Bits))).Distinct().Count()
        );
    }

    [Fact]
    public void Run_AlgorithmsThatDifferBetweenNumbersOfItems_EachSaysItsOwnTimes()
    {
        Module network = Layer(32, 32, 8, 8);
        Tuning tuning = Tuning.Open(FileName);
        CompiledNetwork measured = network.Compile([32, 8, 8], tuning: tuning);
        string[] steps = [measured.Steps(1)[0], measured.Steps(2)[0]];
        tuning.Save();
        string[] lines = File.ReadAllLines(FileName);
        Assert.Equal(4, lines.Length);
        File.WriteAllText(
            FileName,
            Head + string.Concat(lines[2..].Select((l, i) => With(l, "direct", $"1.0000\t2.0000\t{i + 3}.0000")))
        );

        CompiledNetwork known = network.Compile([32, 8, 8], tuning: Tuning.Open(FileName));

        Assert.All(
            new[] { 1, 2 },
            items => Assert.Contains($"F(4x4) {items + 2}.000 ms", known.Steps(items)[0], StringComparison.Ordinal)
        );
        Assert.All(steps, step => Assert.Contains("measured", step, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_EveryAlgorithmInNetworksOfOddSizes_GivesTheEagerMaps()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            Rng rng = new Rng(53).Split(seed);
            int channels = 16 * (1 + rng.Next(2));
            BranchyNetwork network = new(rng, channels, 4 + rng.Next(5));
            Shape item = [channels, 5 + rng.Next(6), 5 + rng.Next(6)];
            Tensor x = Tensor.Normal(Shape.Create([1, .. item.Sizes]), rng: new Rng(54));
            float[] expected = NoGrad.Run(() => network.Eval().Forward(x)).ToArray<float>();
            double largest = expected.Max(Math.Abs);
            Measure(network, item);
            foreach (string choice in new[] { "direct", "F(2x2)", "F(4x4)" })
            {
                Force(choice);
                double error = expected
                    .Zip(
                        network.Compile(item, tuning: Tuning.Open(FileName)).Run(x).ToArray<float>(),
                        (e, f) => Math.Abs(e - f)
                    )
                    .Max();
                Assert.True(
                    error <= Bound * largest,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"seed {seed}, {choice}: {network.Text}on {item}: error {error / largest:E2} of the largest value, allowed {Bound}"
                    )
                );
            }

            File.Delete(FileName);
        }
    }

    [Fact]
    public void Compile_NothingToChoose_MeasuresNothing()
    {
        Tuning tuning = Tuning.Open(FileName);
        _ = Layer(32, 32, 9, 9).Compile([32, 9, 9], Precision.Strict, tuning).Steps();
        _ = new Conv2d(32, 32, 3, stride: 2, padding: 1).Eval().Compile([32, 9, 9], tuning: tuning).Steps();
        _ = new Conv2d(32, 32, 3, padding: 1, groups: 32).Eval().Compile([32, 9, 9], tuning: tuning).Steps();
        _ = new Conv2d(32, 32, 1).Eval().Compile([32, 9, 9], tuning: tuning).Steps();
        _ = new Conv2d(3, 32, 3, padding: 1).Eval().Compile([3, 9, 9], tuning: tuning).Steps();

        Assert.Equal((0, 0), (tuning.Measured, tuning.Count));
    }

    [Fact]
    public void Compile_ManyThreadsWithOneTuning_MeasureEachConvolutionOnce()
    {
        Tuning tuning = Tuning.Open(FileName);
        CompiledNetwork[] networks =
        [
            .. Enumerable.Range(0, 4).Select(_ => Layer(32, 32, 8, 8).Compile([32, 8, 8], tuning: tuning)),
        ];
        string[] steps = new string[networks.Length];
        Parallel.For(0, networks.Length, i => steps[i] = Assert.Single(networks[i].Steps()));

        Assert.Equal(1, tuning.Measured);
        Assert.Single(steps.Distinct());
    }

    [Theory]
    [InlineData("processor")]
    [InlineData("bits")]
    public void Open_EntriesOfAnotherMachine_AreKeptAndNotUsed(string other)
    {
        Module network = Layer(32, 32, 8, 8);
        Measure(network, [32, 8, 8]);
        string[] fields = With(File.ReadAllLines(FileName)[2], "F(2x2)", Times).Split('\t');
        fields[0] = other == "processor" ? "Another processor" : fields[0];
        fields[1] = other == "bits" ? (CpuTier.Bits == 256 ? "128" : "256") : fields[1];
        string foreign = string.Join('\t', fields);
        File.WriteAllText(FileName, Head + foreign);

        Tuning tuning = Tuning.Open(FileName);
        string step = Assert.Single(network.Compile([32, 8, 8], tuning: tuning).Steps());
        tuning.Save();

        Assert.Equal((1, 2), (tuning.Measured, tuning.Count));
        Assert.DoesNotContain("direct 1.000 ms, F(2x2) 2.000 ms", step, StringComparison.Ordinal);
        Assert.Contains(foreign.TrimEnd('\n'), File.ReadAllLines(FileName));
        Assert.Equal(2, Tuning.Open(FileName).Count);
    }

    [Theory]
    [InlineData("", 1, "expected 'fovea tuning 1', found ''")]
    [InlineData("{\"tuning\": 1}\n", 1, "expected 'fovea tuning 1', found '{\"tuning\": 1}'")]
    [InlineData("fovea tuning 2\n", 1, "found 'fovea tuning 2'")]
    [InlineData("fovea tuning 1\n", 2, "expected the columns processor, vector bits")]
    [InlineData("fovea tuning 1\nprocessor\n", 2, "found 'processor'")]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t2\n", 3, "expected 7 columns")]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t2\t3\t4\n", 3, "expected 7 columns")]
    [InlineData(Head + "\t512\tc\tdirect\t1\t2\t3\n", 3, "expected a name of printable ASCII, found ''")]
    [InlineData(Head + "p\t512\t\u001b[31m\tdirect\t1\t2\t3\n", 3, "expected a name of printable ASCII, found '?[31m'")]
    [InlineData(Head + "p\t640\tc\tdirect\t1\t2\t3\n", 3, "expected 128, 256 or 512 vector bits, found '640'")]
    [InlineData(
        Head + "p\t512\tc\tfft\t1\t2\t3\n",
        3,
        "expected one of direct, F(2x2), F(4x4) as the choice, found 'fft'"
    )]
    [InlineData(Head + "p\t512\tc\tdirect\t0\t2\t3\n", 3, "expected milliseconds above 0, found '0'")]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t-2\t3\n", 3, "expected milliseconds above 0, found '-2'")]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t2\tNaN\n", 3, "expected milliseconds above 0, found 'NaN'")]
    [InlineData(
        Head + "p\t512\tc\tdirect\t1\t2\t99999999999\n",
        3,
        "expected milliseconds above 0, found '99999999999'"
    )]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t2\t3\np\t512\tc\tdirect\t1\t2\t3\n", 4, "expected each convolution once")]
    [InlineData(Head + "p\t512\tc\tdirect\t1\t2\t3", 3, "it is cut off behind")]
    public void Open_ForeignOrDamagedFile_SaysTheLineAndTheFix(string content, int line, string problem)
    {
        File.WriteAllText(FileName, content);

        string message = Assert.Throws<TuningException>(() => Tuning.Open(FileName)).Message;

        Assert.StartsWith($"{FileName}, line {line}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.EndsWith("delete it to measure anew.", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void Open_RandomBytes_IsRefused()
    {
        Random random = new(4);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            File.WriteAllBytes(FileName, i % 2 == 0 ? bytes : [.. Head.Select(c => (byte)c), .. bytes, (byte)'x']);
            Assert.Throws<TuningException>(() => Tuning.Open(FileName));
        }
    }

    [Fact]
    public void Open_LargerThanAllowed_IsRefused()
    {
        using (FileStream stream = File.Create(FileName))
        {
            stream.SetLength((16 << 20) + 1);
        }

        Assert.Contains(
            "at most 16 MB",
            Assert.Throws<TuningException>(() => Tuning.Open(FileName)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Open_LongLine_IsRefused()
    {
        File.WriteAllText(FileName, $"{Head}{new string('p', 600)}\t512\tc\tdirect\t{Times}\n");

        Assert.Contains(
            "in at most 500 characters",
            Assert.Throws<TuningException>(() => Tuning.Open(FileName)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Open_LinesEndedAsOnWindows_AreRead()
    {
        File.WriteAllText(FileName, $"{Head}p\t512\tc\tdirect\t{Times}\n".ReplaceLineEndings("\r\n"));

        Assert.Equal(1, Tuning.Open(FileName).Count);
    }

    [Fact]
    public void Open_FolderOrMissingFolder_IsRefused()
    {
        Assert.Contains(
            "found a folder",
            Assert.Throws<TuningException>(() => Tuning.Open(_folder)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the folder of this file is not there",
            Assert.Throws<TuningException>(() => Tuning.Open(Path.Combine(_folder, "none", "times.txt"))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => Tuning.Open(" "));
    }

    [Fact]
    public void Save_FolderThatIsGone_NamesTheFile()
    {
        string folder = Path.Combine(_folder, "soon gone");
        Directory.CreateDirectory(folder);
        Tuning tuning = Tuning.Open(Path.Combine(folder, "times.txt"));
        Directory.Delete(folder);

        Assert.Contains(
            "times.txt: the measured times could not be saved",
            Assert.Throws<TuningException>(tuning.Save).Message,
            StringComparison.Ordinal
        );
        Directory.CreateDirectory(folder);
        tuning.Save();
        Assert.Equal(0, Tuning.Open(Path.Combine(folder, "times.txt")).Count);
    }

    /// <summary>A convolution of its own first values, behind it a clamp.</summary>
    private static Module Layer(int inChannels, int outChannels, int height, int width) =>
        new Sequential(new Conv2d(inChannels, outChannels, 3, padding: 1), new ReLU())
            .Initialize((ulong)(height * width))
            .Eval();

    /// <summary>Writes a file that knows a network's convolutions, for one item.</summary>
    private void Measure(Module network, Shape item)
    {
        Tuning tuning = Tuning.Open(FileName);
        _ = network.Compile(item, tuning: tuning).Steps();
        tuning.Save();
    }

    /// <summary>Writes the same choice into all entries of the file.</summary>
    private void Force(string choice) =>
        File.WriteAllText(
            FileName,
            Head + string.Concat(File.ReadAllLines(FileName)[2..].Select(l => With(l, choice, Times)))
        );

    private static string With(string line, string choice, string times) =>
        $"{string.Join('\t', line.Split('\t')[..3])}\t{choice}\t{times}\n";
}
