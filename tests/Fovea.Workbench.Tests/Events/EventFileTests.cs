using System.Text;
using Fovea.Data;

namespace Fovea.Workbench.Tests;

public sealed class EventFileTests : IDisposable
{
    // Two records of TensorFlow's own writer, printed in tensorboard/data/server/tf_record.rs: the version, and
    // tf.summary.scalar("accuracy", 0.99, step=77).
    private const string Version =
        "1800000000000000A37F4B22" + "090000803899D6D7411A0D627261696E2E4576656E743A32" + "124B36AB";
    private const string Accuracy =
        "32000000000000002419 56EC09C405B73D99D6D741104D2A250A230A0861636375726163794"
        + "20A080112002204A4707D3F4A0B0A090A077363616C617273A55B6433";

    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch.AddSeconds(
        BitConverter.UInt64BitsToDouble(0x41D7D69938800000)
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Constructor_AtAPublishedTime_WritesThePublishedBytes()
    {
        using (EventFile file = new(_folder.File("run"), new FixedTime(Then)))
        {
            Assert.Matches(@"events\.out\.tfevents\.\d{10}\.[A-Za-z0-9-]+\.\d+\.0$", file.FilePath);
        }

        Assert.Equal(Version, Convert.ToHexString(File.ReadAllBytes(Directory.GetFiles(_folder.File("run")).Single())));
    }

    [Fact]
    public void Frame_PublishedContents_HaveThePublishedChecksums()
    {
        byte[] file = Bytes(Version + Accuracy);

        Assert.Equal(file, EventReader.Records(file).SelectMany(r => EventRecord.Frame(r)));
        Assert.Equal(0x224B7FA3u, EventRecord.Checksum([24, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void Reader_OfTheseTests_ReadsTheFileOfAnotherWriter()
    {
        SeenEvent[] seen = [.. EventReader.Records(Bytes(Version + Accuracy)).Select(EventReader.Event)];

        Assert.Equal("brain.Event:2", seen[0].Version);
        Assert.Equal((77, "accuracy", 0.99f), (seen[1].Step, seen[1].Value!.Tag, (float)seen[1].Value!.Number!));
        Assert.Equal("scalars", seen[1].Value!.Plugin);
    }

    [Fact]
    public void Scalar_ReadByTheSecondReader_HasTagStepTimeAndValue()
    {
        (string, long, double)[] points = [("loss", 0, 2.5), ("loss", 300, 1e-9), ("a/ö", 1L << 40, double.NaN)];
        string path;
        using (EventFile file = new(_folder.File("run"), new FixedTime(Then)))
        {
            path = file.FilePath;
            foreach ((string tag, long step, double value) in points)
            {
                file.Scalar(tag, step, value);
            }

            file.Restarted(7);
        }

        IReadOnlyList<SeenEvent> seen = EventReader.Read(path);
        Assert.Equal(
            points.Select(p => (p.Item1, p.Item2, (double)(float)p.Item3)),
            seen.Where(e => e.Value is not null).Select(e => (e.Value!.Tag, e.Step, e.Value.Number!.Value))
        );
        Assert.All(seen, e => Assert.Equal((Then - DateTimeOffset.UnixEpoch).TotalSeconds, e.Time, 1e-3));
        Assert.Equal([7L], seen.Where(e => e.IsStart).Select(e => e.Step));
    }

    [Fact]
    public void Constructor_SameSecondAndProcess_MakesAnotherFile()
    {
        using EventFile first = new(_folder.File("run"), new FixedTime(Then)),
            second = new(_folder.File("run"), new FixedTime(Then));

        Assert.Equal(first.FilePath[..^1] + "1", second.FilePath);
    }

    [Fact]
    public void Scalar_BeforeTheFileIsClosed_IsReadByOthers()
    {
        using EventFile file = new(_folder.File("run"));
        file.Scalar("loss", 1, 2);
        using FileStream other = new(file.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[other.Length];
        other.ReadExactly(bytes);

        Assert.Equal(2, EventReader.Event(EventReader.Records(bytes).Last()).Value!.Number);
    }

    [Fact]
    public void Histogram_ByHand_CountsFiniteValuesInThirtyBuckets()
    {
        double[] values = [.. Enumerable.Range(0, 31).Select(i => (double)i), double.NaN, double.PositiveInfinity];
        SeenValue seen = Written(f => f.Histogram("weights/a", 3, Tensor.From(values, [values.Length])));

        Assert.Equal(("histograms", "weights/a"), (seen.Plugin, seen.Tag));
        Assert.Equal([30L, 3L], seen.Shape);
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal([i, i + 1, i == 29 ? 2 : 1], seen.Numbers[(3 * i)..(3 * (i + 1))]);
        }
    }

    [Theory]
    [InlineData(new double[] { }, new double[] { })]
    [InlineData(new[] { double.NaN }, new double[] { })]
    [InlineData(new[] { 2.0, 2, 2 }, new[] { 1.5, 2.5, 3 })]
    public void Histogram_NothingToSpread_IsOneBucketOrNone(double[] values, double[] rows)
    {
        SeenValue seen = Written(f => f.Histogram("h", 0, Tensor.From(values, [values.Length])));

        Assert.Equal(rows, seen.Numbers);
        Assert.Equal([rows.Length / 3, 3L], seen.Shape);
    }

    [Fact]
    public void Histogram_OfTheWholeRange_LosesNoValue()
    {
        double[] values = [-double.MaxValue, 0, double.MaxValue];
        SeenValue seen = Written(f => f.Histogram("h", 0, Tensor.From(values, [3])));

        Assert.Equal([1.0, 1, 1], seen.Numbers.Where((count, i) => i % 3 == 2 && count > 0));
        Assert.All(seen.Numbers, n => Assert.True(double.IsFinite(n), $"{n}"));
    }

    [Fact]
    public void Image_ReadByTheSecondReader_HasSizesAndFile()
    {
        Tensor image = Tensor.From([0f, 0.5f, 1f, 0f, 0f, 0f], [1, 2, 3]);
        SeenValue seen = Written(f => f.Image("filters/a", 3, image));

        Assert.Equal(("images", "3", "2"), (seen.Plugin, Text(0), Text(1)));
        Assert.Equal(PngEncoder.Encode(image.ToArray(), 1, 2, 3), seen.Strings[2]);
        Assert.Equal([3L], seen.Shape);
        using EventFile file = new(_folder.File("other"));
        Assert.Contains(
            "got [2, 4, 4]",
            Assert.Throws<ShapeException>(() => file.Image("a", 0, Tensor.Zeros([2, 4, 4]))).Message,
            StringComparison.Ordinal
        );

        string Text(int i) => Encoding.UTF8.GetString(seen.Strings[i]);
    }

    [Fact]
    public void Graph_OfATinyNetwork_HasNodesWithInputsShapesAndOptions()
    {
        Graph graph = Graph.Trace(TinyNet.Create(), [1, 8, 8]);
        using EventFile file = new(_folder.File("run"));
        file.Graph(graph);
        byte[] definition = ReadShared(file.FilePath).Single(e => e.Graph is not null).Graph!;
        Dictionary<int, List<object>>[] nodes =
        [
            .. EventReader.All(EventReader.Fields(definition), 1).Select(EventReader.Fields),
        ];
        string[] names = [.. nodes.Select(n => EventReader.Text(n, 1)!)];

        Assert.Equal("input Placeholder [-1, 1, 8, 8]", Line("input"));
        Assert.Equal("conv/weight Parameter [4, 1, 3, 3]", Line("conv/weight"));
        Assert.Equal("conv Conv2d [-1, 4, 8, 8]", Line("conv"));
        HashSet<string> before = [];
        for (int i = 0; i < nodes.Length; i++)
        {
            Assert.All(
                EventReader.All(nodes[i], 3).Select(Encoding.UTF8.GetString),
                input => Assert.True(before.Contains(input), $"{names[i]} reads {input}, which does not come before it")
            );
            Assert.True(before.Add(names[i]), $"{names[i]} comes twice");
        }

        foreach (Node node in graph.Nodes)
        {
            Assert.Contains(nodes, n => EventReader.Text(n, 2) == node.Operator.Name);
        }

        string Line(string name)
        {
            Dictionary<int, List<object>> node = nodes[Array.IndexOf(names, name)];
            byte[] shapes = EventReader
                .All(node, 5)
                .Select(EventReader.Fields)
                .Where(a => EventReader.Text(a, 1) == "_output_shapes")
                .Select(a => EventReader.Bytes(EventReader.Fields(EventReader.Bytes(a, 2)!), 1)!)
                .Single();
            byte[] first = EventReader.Bytes(EventReader.Fields(shapes), 7)!;
            return $"{name} {EventReader.Text(node, 2)} [{string.Join(", ", EventReader.Sizes(first))}]";
        }
    }

    private static IEnumerable<SeenEvent> ReadShared(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return [.. EventReader.Records(bytes).Select(EventReader.Event)];
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private SeenValue Written(Action<EventFile> write)
    {
        using EventFile file = new(_folder.File("run"));
        write(file);
        return ReadShared(file.FilePath).Last().Value!;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
