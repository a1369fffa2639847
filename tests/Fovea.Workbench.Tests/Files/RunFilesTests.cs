using System.Text.Json;

namespace Fovea.Workbench.Tests;

public sealed class RunFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet20(classes=10)-shapes", "resnet20-classes-10-shapes")]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("a\\b:c*d", "a-b-c-d")]
    [InlineData("CON", "run-CON")]
    [InlineData("nul.txt", "run-nul.txt")]
    [InlineData("name. . .", "name")]
    [InlineData("..", "run")]
    [InlineData("", "run")]
    [InlineData("  ", "run")]
    [InlineData("naïve", "na-ve")]
    public void Sanitize_AnyText_IsOneSafePathElement(string text, string expected) =>
        Assert.Equal(expected, RunName.Sanitize(text));

    [Fact]
    public void Sanitize_300Characters_IsCutTo80() =>
        Assert.Equal(new string('x', 80), RunName.Sanitize(new string('x', 300)));

    [Fact]
    public void Unique_SameSecond_GetsANumber()
    {
        string first = RunName.Unique(_folder.Path, "net", new FixedTime());
        Directory.CreateDirectory(first);

        Assert.Equal(first + "-2", RunName.Unique(_folder.Path, "net", new FixedTime()));
    }

    [Fact]
    public void Take_HeldByThisProcess_RefusesNamingIt()
    {
        using RunLock held = RunLock.Take(_folder.Path);

        string message = Assert.Throws<IOException>(() => RunLock.Take(_folder.Path)).Message;

        Assert.Contains(
            $"another process writes this run: {Environment.ProcessId} on {Environment.MachineName}",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Take_AfterDispose_Works()
    {
        RunLock.Take(_folder.Path).Dispose();
        List<string> notices = [];
        RunLock.Take(_folder.Path, notices.Add).Dispose();

        Assert.Empty(notices);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(
        "{\"pid\":2147483600,\"host\":\"HOST\",\"started\":\"2024-01-01T00:00:00+00:00\"}",
        "process 2147483600 is gone"
    )]
    [InlineData("{\"pid\":1,\"host\":\"HOST\",\"started\":\"1999-01-01T00:00:00+00:00\"}", "process 1 is gone")]
    [InlineData("{\"pi", "its holder is gone")]
    public void Take_StaleLock_IsTakenOverWithANotice(string content, string notice)
    {
        File.WriteAllText(_folder.File("run.lock"), "");
        File.WriteAllText(
            _folder.File("run.holder.json"),
            content.Replace("HOST", Environment.MachineName, StringComparison.Ordinal)
        );
        List<string> notices = [];

        RunLock.Take(_folder.Path, notices.Add).Dispose();

        Assert.Contains(notice, Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_HolderStillInTheListOfProcessesWithoutItsLock_IsTakenOver()
    {
        using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
        File.WriteAllText(_folder.File("run.lock"), "");
        File.WriteAllText(
            _folder.File("run.holder.json"),
            $"{{\"pid\":{Environment.ProcessId},\"host\":\"{Environment.MachineName}\",\"started\":\"{self.StartTime:O}\"}}"
        );
        List<string> notices = [];

        RunLock.Take(_folder.Path, notices.Add).Dispose(); // as right after a kill, while the process is a zombie

        Assert.Contains($"process {Environment.ProcessId} is gone", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_LockOfAnotherMachine_IsRefusedWithTheFix()
    {
        File.WriteAllText(_folder.File("run.lock"), "");
        File.WriteAllText(
            _folder.File("run.holder.json"),
            "{\"pid\":5,\"host\":\"elsewhere\",\"started\":\"2024-01-01T00:00:00+00:00\"}"
        );

        string message = Assert.Throws<IOException>(() => RunLock.Take(_folder.Path)).Message;

        Assert.Contains("5 on elsewhere", message, StringComparison.Ordinal);
        Assert.Contains("if it is gone, delete", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MetricsLog_AppendedLines_AreReadBackAndTruncated()
    {
        string path = _folder.File("metrics.jsonl");
        for (int i = 1; i <= 3; i++)
        {
            MetricsLog.Append(path, Line(i));
        }

        Assert.Equal([Line(1), Line(2), Line(3)], MetricsLog.Read(path));
        Assert.Equal(Line(2), MetricsLog.Truncate(path, 2));
        Assert.Equal([Line(1), Line(2)], MetricsLog.Read(path));
        using JsonDocument line = JsonDocument.Parse(File.ReadLines(path).First());
        Assert.Equal(0.1, line.RootElement.GetProperty("learningRate").GetDouble());
    }

    [Fact]
    public void MetricsLog_LineCutOffByACrash_IsDropped()
    {
        string path = _folder.File("metrics.jsonl");
        MetricsLog.Append(path, Line(1));
        File.AppendAllText(path, "{\"epoch\":2,\"st");

        Assert.Equal(Line(1), MetricsLog.Truncate(path, 1));
        MetricsLog.Append(path, Line(2));

        Assert.Equal([Line(1), Line(2)], MetricsLog.Read(path));
    }

    [Fact]
    public void MetricsLog_FewerLinesThanTheCheckpoint_IsRefused()
    {
        string path = _folder.File("metrics.jsonl");
        MetricsLog.Append(path, Line(1));

        Assert.Contains(
            "taken after 2 lines, the file has 1",
            Assert.Throws<InvalidDataException>(() => MetricsLog.Truncate(path, 2)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void MetricsLog_BrokenLine_IsNamed()
    {
        string path = _folder.File("metrics.jsonl");
        File.WriteAllText(path, "hello\n");

        Assert.Contains(
            "metrics.jsonl: line 1: expected one JSON object, found \"hello\"",
            Assert.Throws<InvalidDataException>(() => MetricsLog.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    private static Metrics Line(int epoch) => new(epoch, epoch * 10, 1.0 / epoch, 0.5, null, 0.25, 0.1, epoch * 1.5);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
