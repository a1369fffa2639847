using Fovea.Kernels;

namespace Fovea.Cli.Tests;

public sealed class ThreadsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose()
    {
        WorkerPool.Threads = _threads;
        _folder.Dispose();
    }

    [Theory]
    [InlineData("small_cnn(width=0.5)", "shapes", "crop=2,flip,mixup=0.2")]
    [InlineData("fcn", "cbf", "none")]
    public void Train_WithOneTwoOrThreeThreads_EndsWithTheSameBytes(string model, string data, string augment)
    {
        foreach (string threads in new[] { "1", "2", "3" })
        {
            Said said = Cli.Run(
                "train",
                model,
                "--data",
                data,
                "--augment",
                augment,
                "--train-items",
                "72",
                "--test-items",
                "20",
                "--batch",
                "32",
                "--validation",
                "0.2",
                "--ema",
                "0.9",
                "--epochs",
                "2",
                "--seed",
                "6",
                "--threads",
                threads,
                "--out",
                _folder.File(threads)
            );
            Assert.True(said.Code == 0, said.Error);
        }

        foreach (string checkpoint in new[] { "last", "best" })
        {
            Assert.Equal(Bytes("1", checkpoint), Bytes("2", checkpoint));
            Assert.Equal(Bytes("1", checkpoint), Bytes("3", checkpoint));
        }
    }

    private byte[] Bytes(string threads, string checkpoint) =>
        File.ReadAllBytes(Path.Combine(_folder.File(threads), "checkpoints", checkpoint));
}
