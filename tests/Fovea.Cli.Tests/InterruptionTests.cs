using System.Diagnostics;
using System.Globalization;

namespace Fovea.Cli.Tests;

/// <summary>Training as a process of its own, stopped by signals. More trials: <c>FOVEA_KILL_TRIALS=500 dotnet test tests/Fovea.Cli.Tests --filter Kill</c>.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kill_AtARandomInstant_ResumesToTheSameBytes()
    {
        int trials = int.Parse(Environment.GetEnvironmentVariable("FOVEA_KILL_TRIALS") ?? "2", CultureInfo.InvariantCulture);
        Stopwatch clock = Stopwatch.StartNew();
        Said whole = Train("whole");
        int milliseconds = (int)clock.ElapsedMilliseconds;
        Assert.True(whole.Code == 0, whole.Error);
        byte[] expected = Last("whole");
        Rng rng = new((ulong)Environment.TickCount64);
        int killed = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            string name = $"killed-{trial}";
            using Process process = Cli.Start(Arguments(name));
            WaitForCheckpoint(process, name);
            int wait = rng.Next(Math.Max(1, milliseconds / 2));
            killed += process.WaitForExit(wait) ? 0 : 1;
            process.Kill();
            process.WaitForExit();

            Said resumed = Cli.Run("train", "--resume", _folder.File(name), "--checkpoint-steps", "1");

            Assert.True(resumed.Code == 0, $"trial {trial}, killed after {wait} ms: {resumed.Error}");
            Assert.True(expected.AsSpan().SequenceEqual(Last(name)), $"trial {trial}, killed after {wait} ms: other bytes");
            Directory.Delete(_folder.File(name), recursive: true);
        }

        Assert.True(killed > 0 || trials < 5, $"none of {trials} trials was killed before its end");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void Signal_Once_SavesAndEndsWith130(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // signals of this kind exist on Unix only
        }

        using Process process = Cli.Start(Arguments("stopped", epochs: "400"));
        WaitForCheckpoint(process, "stopped");
        Send(signal, process);
        Said said = Cli.Finish(process);

        Assert.Equal(130, said.Code);
        Assert.Contains("Stopping after this batch", said.Error, StringComparison.Ordinal);
        Assert.Contains($"saved. Continue with --resume {_folder.File("stopped")}", said.Error, StringComparison.Ordinal);
        Assert.Equal("", said.Out);
        Assert.False(File.Exists(Path.Combine(_folder.File("stopped"), "run.lock")), "the lock stayed");
        Fovea.Workbench.CheckpointStore.Read(Path.Combine(_folder.File("stopped"), "checkpoints", "last"));
    }

    [Fact]
    public void Signal_Twice_EndsWith130AndLeavesAWholeCheckpoint()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // signals of this kind exist on Unix only
        }

        using Process process = Cli.Start(Arguments("stopped", epochs: "400"));
        WaitForCheckpoint(process, "stopped");
        Send("INT", process);
        Send("INT", process);

        Assert.Equal(130, Cli.Finish(process).Code);
        new Fovea.Workbench.CheckpointStore(Path.Combine(_folder.File("stopped"), "checkpoints")).Load("last");
    }

    [Fact]
    public void Stopped_BeforeTheFirstUpdate_ResumesToTheSameBytes()
    {
        Assert.Equal(0, Cli.Run(Arguments("whole")).Code);

        Said stopped = Cli.Run(new CancellationToken(canceled: true), Arguments("stopped"));

        Assert.Equal(130, stopped.Code);
        Assert.Equal(0, Cli.Run("train", "--resume", _folder.File("stopped"), "--threads", "1").Code);
        Assert.Equal(Last("whole"), Last("stopped"));
    }

    [Fact]
    public void Save_ThatFails_IsStatus2AndTheCheckpointBeforeItStays()
    {
        Cli.Run(new CancellationToken(canceled: true), Arguments("stopped"));
        byte[] before = Last("stopped");
        string blocked = Path.Combine(_folder.File("stopped"), "checkpoints", $"last.saving-{Environment.ProcessId}");
        Directory.CreateDirectory(blocked); // where the new checkpoint's file should be

        Said said = Cli.Run("train", "--resume", _folder.File("stopped"), "--checkpoint-steps", "1");

        Assert.Equal(2, said.Code);
        Assert.Contains("the checkpoint could not be saved", said.Error, StringComparison.Ordinal);
        Assert.Contains("the checkpoint before it is intact", said.Error, StringComparison.Ordinal);
        Assert.Equal(before, Last("stopped"));
    }

    [Fact]
    public void SecondProcess_InTheSameRun_IsRefusedNamingTheFirst()
    {
        using Process process = Cli.Start(Arguments("busy", epochs: "400"));
        try
        {
            WaitForCheckpoint(process, "busy");

            Said said = Cli.Run("train", "--resume", _folder.File("busy"));

            Assert.Equal(2, said.Code);
            Assert.Contains($"another process writes this run: {process.Id} on {Environment.MachineName}", said.Error, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static void Send(string signal, Process process)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private Said Train(string name)
    {
        using Process process = Cli.Start(Arguments(name));
        return Cli.Finish(process);
    }

    private string[] Arguments(string name, string epochs = "6") =>
    [
        "train", "small_cnn(width=2)", "--data", "shapes", "--train-items", "64", "--test-items", "20", "--batch", "16", "--validation", "0.2", "--augment", "crop=2",
        "--epochs", epochs, "--seed", "4", "--checkpoint-steps", "1", "--preflight", "off", "--out", _folder.File(name),
    ];

    private byte[] Last(string name) => File.ReadAllBytes(Path.Combine(_folder.File(name), "checkpoints", "last"));

    private void WaitForCheckpoint(Process process, string name)
    {
        string last = Path.Combine(_folder.File(name), "checkpoints", "last");
        for (int i = 0; !File.Exists(last); i++)
        {
            Assert.False(process.HasExited && !File.Exists(last), process.HasExited ? process.StandardError.ReadToEnd() : "");
            Assert.True(i < 6000, "no checkpoint within a minute");
            Thread.Sleep(10);
        }
    }
}
