using System.Diagnostics;
using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Tests;

/// <summary>Training as a process of its own, stopped by signals. More trials: <c>FOVEA_KILL_TRIALS=500 dotnet test
/// tests/Fovea.Cli.Tests --filter Kill</c>; the same ones again: <c>FOVEA_KILL_SEED</c>.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kill_AtARandomInstant_ResumesToTheSameBytes()
    {
        int trials = int.Parse(
            Environment.GetEnvironmentVariable("FOVEA_KILL_TRIALS") ?? "2",
            CultureInfo.InvariantCulture
        );
        ulong seed = ulong.Parse(
            Environment.GetEnvironmentVariable("FOVEA_KILL_SEED")
                ?? Environment.TickCount64.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture
        );
        Said whole = Train("whole");
        Assert.True(whole.Code == 0, whole.Error);
        byte[] expected = Last("whole");
        double milliseconds = 1000 * MetricsLog.Read(Path.Combine(_folder.File("whole"), "metrics.jsonl"))[^1].Seconds;
        Rng rng = new(seed);
        for (int trial = 0; trial < trials; trial++)
        {
            string name = $"killed-{trial}";
            string where =
                $"trial {trial} of FOVEA_KILL_SEED={seed}, killed after {Kill(name, milliseconds, rng, expected)} ms";

            Said resumed = Cli.Run("train", "--resume", _folder.File(name), "--checkpoint-steps", "1");

            Assert.True(resumed.Code == 0, $"{where}: {resumed.Error}");
            Assert.True(expected.AsSpan().SequenceEqual(Last(name)), $"{where}: other bytes");
            Directory.Delete(_folder.File(name), recursive: true);
        }
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
        Assert.Contains(
            $"saved. Continue with --resume {_folder.File("stopped")}",
            said.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("", said.Out);
        Assert.False(File.Exists(Path.Combine(_folder.File("stopped"), "run.lock")), "the lock stayed");
        CheckpointStore.Read(Path.Combine(_folder.File("stopped"), "checkpoints", "last"));
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
        new CheckpointStore(Path.Combine(_folder.File("stopped"), "checkpoints")).Load("last");
    }

    [Fact]
    public void Hear_VerbThatSaves_AsksFirstAndEndsTheSecondTime()
    {
        using StringWriter error = new();
        List<int> exits = [];
        using Interruption interruption = new(
            new Terminal(TextWriter.Null, error, IsInteractive: false),
            saves: true,
            CancellationToken.None,
            exits.Add
        );

        interruption.Hear();
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Empty(exits);
        Assert.Contains(
            "Stopping after this batch, saving what there is. Once more stops at once.",
            error.ToString(),
            StringComparison.Ordinal
        );

        interruption.Hear();
        Assert.Equal([130], exits);
    }

    [Fact]
    public void Hear_VerbWithNothingToSave_EndsAtOnceAndSaysThatThereIsNoResult()
    {
        using StringWriter error = new();
        List<int> exits = [];
        using Interruption interruption = new(
            new Terminal(TextWriter.Null, error, IsInteractive: false),
            saves: false,
            CancellationToken.None,
            exits.Add
        );

        interruption.Hear();

        Assert.Equal([130], exits);
        Assert.Equal("Stopped before the end: there is no result.", error.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("train --epochs 3", true)]
    [InlineData("train --dry-run", false)]
    [InlineData("evaluate run", false)]
    [InlineData("predict run --index 3", false)]
    [InlineData("data info shapes", false)]
    public void Saves_Verb_OnlyWhereItTrains(string arguments, bool saves)
    {
        System.CommandLine.ParseResult parsed = CommandLine
            .Root(new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false))
            .Parse(arguments.Split(' '));

        Assert.Equal(saves, Verbs.TrainVerb.Saves(parsed));
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
            Assert.Contains(
                $"another process writes this run: {process.Id} on {Environment.MachineName}",
                said.Error,
                StringComparison.Ordinal
            );
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

    /// <summary>Starts a run and kills it while it trains; where it was done by then, once more with less
    /// patience.</summary>
    /// <returns>How long it ran after its first checkpoint, in milliseconds.</returns>
    private int Kill(string name, double milliseconds, Rng rng, byte[] done)
    {
        for (double longest = milliseconds; longest > milliseconds / 1000; longest /= 2)
        {
            int wait = rng.Next(Math.Max(1, (int)longest));
            using Process process = Cli.Start(Arguments(name));
            WaitForCheckpoint(process, name);
            process.WaitForExit(wait);
            process.Kill();
            process.WaitForExit();
            string last = Path.Combine(_folder.File(name), "checkpoints", "last");
            if (process.ExitCode != 0 && !(File.Exists(last) && File.ReadAllBytes(last).AsSpan().SequenceEqual(done)))
            {
                return wait;
            }

            Directory.Delete(_folder.File(name), recursive: true);
        }

        Assert.Fail($"no run of {milliseconds} ms could be killed before its end");
        return 0;
    }

    private Said Train(string name)
    {
        using Process process = Cli.Start(Arguments(name));
        return Cli.Finish(process);
    }

    private string[] Arguments(string name, string epochs = "6") =>
        [
            "train",
            "small_cnn(width=0.125)",
            "--data",
            "shapes",
            "--train-items",
            "64",
            "--test-items",
            "20",
            "--batch",
            "16",
            "--validation",
            "0.2",
            "--augment",
            "crop=2,mixup=0.3",
            "--epochs",
            epochs,
            "--seed",
            "4",
            "--ema",
            "0.9",
            "--checkpoint-steps",
            "1",
            "--preflight",
            "off",
            "--out",
            _folder.File(name),
        ];

    private byte[] Last(string name) => File.ReadAllBytes(Path.Combine(_folder.File(name), "checkpoints", "last"));

    private void WaitForCheckpoint(Process process, string name)
    {
        string last = Path.Combine(_folder.File(name), "checkpoints", "last");
        for (int i = 0; !File.Exists(last); i++)
        {
            Assert.False(
                process.HasExited && !File.Exists(last),
                process.HasExited ? process.StandardError.ReadToEnd() : ""
            );
            Assert.True(i < 6000, "no checkpoint within a minute");
            Thread.Sleep(10);
        }
    }
}
