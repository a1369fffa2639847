namespace Fovea.Models.Tests;

/// <summary>Tests that set the number of threads or measure what the whole process allocates: no others run
/// meanwhile.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;
