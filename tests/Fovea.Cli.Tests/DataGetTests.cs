namespace Fovea.Cli.Tests;

/// <summary>fovea data get: what is said where nothing can be fetched.</summary>
public sealed class DataGetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Get_UnknownName_ListsThoseThatAreKnown()
    {
        Said said = Cli.Run("data", "get", "cifar1");
        Assert.Equal(2, said.Code);
        Assert.StartsWith(
            "fovea: 'cifar1' is no data set that can be fetched; there are fashion-mnist, mnist, cifar10, cifar100.",
            Assert.Single(said.ErrorLines),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Get_NoNetwork_SaysInOneLineWhatToDo()
    {
        Said said = Cli.Run("data", "get", "mnist", "--to", _folder.Path, "--mirror", "http://127.0.0.1:9/x");
        Assert.Equal((2, ""), (said.Code, said.Out));
        string line = Assert.Single(said.ErrorLines);
        Assert.StartsWith(
            "fovea: http://127.0.0.1:9/x/train-images-idx3-ubyte.gz: mnist cannot be fetched: ",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains("bring train-images-idx3-ubyte.gz from elsewhere into", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("mirror")]
    public void Get_MirrorThatIsNoAddress_IsRefused(string mirror)
    {
        Said said = Cli.Run("data", "get", "mnist", "--to", _folder.Path, "--mirror", mirror);
        Assert.Equal(2, said.Code);
        Assert.Contains(
            $"--mirror must be an address of http or https, got '{mirror}'",
            said.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Get_SetThatIsThere_FetchesNothing()
    {
        Directory.CreateDirectory(_folder.File("mnist"));
        Said said = Cli.Run("data", "get", "mnist", "--to", _folder.Path, "--mirror", "http://127.0.0.1:9/");
        Assert.Equal(0, said.Code);
        Assert.Contains("already", said.Out, StringComparison.Ordinal);
    }
}
