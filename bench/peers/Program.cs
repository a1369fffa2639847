using Fovea.Peers;
using Fovea.Peers.Torch;

try
{
    PeerOptions options = PeerOptions.Parse(args);
    TorchLibrary.Prepare();
    Report report = new(options);
    report.Begin();
    foreach (string network in options.Networks)
    {
        using Comparison comparison = Comparison.Create(network, options);
        report.Note(comparison, comparison.Check(options));
        if (options.Rounds > 0)
        {
            report.Add(comparison, Turns.Measure(comparison.Engines, options));
        }
    }

    report.End();
    return 0;
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (Exception error) when (error is InvalidOperationException or NotSupportedException or DllNotFoundException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
