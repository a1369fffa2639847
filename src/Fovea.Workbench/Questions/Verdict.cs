namespace Fovea.Workbench;

/// <summary>How an answer came out.</summary>
public enum Verdict
{
    /// <summary>Something is wrong and should be changed.</summary>
    Fix,

    /// <summary>Something unusual that may be meant.</summary>
    Look,

    /// <summary>There is evidence missing; the finding says which.</summary>
    CannotTell,

    /// <summary>Nothing to remark.</summary>
    Ok,

    /// <summary>The network has nothing that the question is about.</summary>
    NotApplicable,
}

/// <summary>Which of the three groups a question belongs to.</summary>
public enum QuestionGroup
{
    /// <summary>What kernels cost and see.</summary>
    Kernels = 1,

    /// <summary>What stride and padding do to sizes, receptive field and borders.</summary>
    StridePadding = 2,

    /// <summary>How stacked layers build features, and what goes wrong.</summary>
    Stacks = 3,
}
